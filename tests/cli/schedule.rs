//! `schedule`: files that systemd takes, and refusals.

use std::process::Command;

use super::run;

#[test]
fn units_are_taken_by_systemd() {
    let folder = tempfile::tempdir().unwrap();
    // A home with all that needs quoting.
    let home = folder.path().join("年报 50% $a \"b\"");
    let init = run(folder.path(), ["init".as_ref(), home.as_os_str()]);
    assert_eq!(init.code, 0, "{}", init.err);
    let print = |what: &str| {
        let args = [
            "schedule",
            "--at",
            "01:15",
            "--deadline",
            "1h30m",
            "--print",
            what,
        ];
        let printed = run(&home, args);
        assert_eq!(printed.code, 0, "{}", printed.err);
        printed.out
    };
    let service = print("service");
    assert!(service.contains(" run --deadline 90m\n"), "{service}");
    assert!(service.contains("%% $a"), "{service}");
    let timer = print("timer");
    assert!(timer.contains("OnCalendar=*-*-* 01:15:00\n"), "{timer}");
    assert!(print("cron").starts_with("15 1 * * * "));
    let all = run(&home, ["schedule"]);
    assert!(all.out.contains("SuccessExitStatus=") && all.out.contains("\n30 2 * * * "));

    let units = [
        ("nianbao-test.service", service),
        ("nianbao-test.timer", timer),
    ];
    for (name, text) in &units {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let verified = Command::new("systemd-analyze")
        .arg("verify")
        .args(units.iter().map(|(name, _)| name))
        .current_dir(folder.path())
        .output();
    let Ok(verified) = verified else {
        println!("skipped: no systemd-analyze here");
        return;
    };
    let said = String::from_utf8_lossy(&verified.stderr);
    let ours: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("nianbao-test"))
        .collect();
    assert!(ours.is_empty(), "{said}");
}

#[test]
fn what_makes_no_unit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), ["schedule"]).code, 2);
    assert_eq!(run(folder.path(), ["init", "reports"]).code, 0);
    for args in [
        &["--at", "25:00"][..],
        &["--at", "noon"],
        &["--deadline", "5"],
        &["--name", "a b"],
        &["--user", "a\nb"],
        &["--user", "a", "--dynamic-user"],
        &["--dynamic-user"],
    ] {
        let refused = run(
            &folder.path().join("reports"),
            [&["schedule"], args].concat(),
        );
        assert_eq!(refused.code, 2, "{args:?} {}", refused.out);
        assert!(refused.out.is_empty(), "{args:?}");
    }
    let line_end = folder.path().join("a\nb");
    assert_eq!(
        run(folder.path(), ["init".as_ref(), line_end.as_os_str()]).code,
        0
    );
    assert_eq!(run(&line_end, ["schedule"]).code, 2);
}
