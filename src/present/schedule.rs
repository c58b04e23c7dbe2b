//! A nightly run as a systemd service and timer, and as a line for cron.
//!
//! In: where the program and the home are, when, for how long, as whom. Out: text to be put into files by the operator.
//! Pure; installs nothing.

use std::fmt::Write as _;
use std::time::Duration;

/// Memory that the service may take. A run stays under 300 MB; what is above is a fault, and the run can be gone on with.
const MEMORY: &str = "1G";

/// Who runs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunAs {
    /// A user by name or number.
    User(String),
    /// A user that systemd makes for the service; the home is then the folder of this name in `/var/lib`.
    Dynamic(String),
}

/// What is to be scheduled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Name of the unit, without ending: letters, digits, `-`, `_`.
    pub name: String,
    /// The program, as a whole path without control characters.
    pub program: String,
    /// The home, likewise.
    pub home: String,
    /// Hour and minute of the system's clock.
    pub at: (u8, u8),
    /// After so long the run stops by itself, to be gone on with the next night; `None` for no end.
    pub deadline: Option<Duration>,
    /// Whose rights it has.
    pub user: RunAs,
}

impl Schedule {
    /// The `.service` file.
    pub fn service(&self) -> String {
        let mut command = format!(
            "{} --home {} run",
            path(&self.program),
            argument(&self.home)
        );
        if let Some(deadline) = self.deadline {
            // Writing to a String cannot fail.
            let _ = write!(command, " --deadline {}", minutes(deadline));
        }
        let user = match &self.user {
            RunAs::User(name) => format!("User={}", name.replace('%', "%%")),
            RunAs::Dynamic(folder) => {
                format!("DynamicUser=yes\nStateDirectory={folder}\nStateDirectoryMode=0750")
            }
        };
        // A margin over the run's own deadline: this is for a run that no longer hears.
        let start = self.deadline.map_or_else(
            || "infinity".to_owned(),
            |deadline| format!("{}min", deadline.as_secs().div_ceil(60) + 15),
        );
        let temporary = if self.below("/tmp") || self.below("/var/tmp") {
            "# PrivateTmp=yes would hide program or home, which lie in a folder for temporary files."
        } else {
            "PrivateTmp=yes"
        };
        format!(
            "[Unit]
Description=nianbao: fetch, archive and read annual reports
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart={command}
{user}

# The first SIGTERM finishes what is in flight and saves; all of it can be gone on with.
KillSignal=SIGTERM
KillMode=mixed
TimeoutStopSec=30
TimeoutStartSec={start}
# 11 stopped by a signal and 15 deadline reached are no failures: the next run goes on. 3 (some pages failed or were
# blocked), 5 (another run holds the lock), 16 (disk reserve reached) and all other codes are, and show in
# `systemctl --failed`.
SuccessExitStatus=11 15

MemoryMax={MEMORY}
TasksMax=256
Nice=10
UMask=0027

NoNewPrivileges=yes
ProtectSystem=strict
ReadWritePaths={home}
ProtectHome=read-only
{temporary}
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
CapabilityBoundingSet=
RestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RemoveIPC=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
",
            home = path(&self.home),
        )
    }

    /// The `.timer` file.
    pub fn timer(&self) -> String {
        let (hour, minute) = self.at;
        format!(
            "[Unit]
Description=nianbao every night

[Timer]
OnCalendar=*-*-* {hour:02}:{minute:02}:00
# Not all archives of the world at the same minute.
RandomizedDelaySec=30min
# A night that the machine slept through is made up for.
Persistent=true

[Install]
WantedBy=timers.target
"
        )
    }

    /// The line for a user's crontab.
    pub fn cron(&self) -> String {
        let (hour, minute) = self.at;
        let mut line = format!(
            "{minute} {hour} * * * {} --home {} run",
            shell(&self.program),
            shell(&self.home)
        );
        if let Some(deadline) = self.deadline {
            let _ = write!(line, " --deadline {}", minutes(deadline));
        }
        // In a crontab a percent sign is the end of the line.
        line.replace('%', "\\%") + "\n"
    }

    fn below(&self, folder: &str) -> bool {
        [&self.program, &self.home].iter().any(|path| {
            path.strip_prefix(folder)
                .is_some_and(|rest| rest.starts_with('/'))
        })
    }
}

/// A time as the command line takes it: `90m`, `5h`, `1h30m`, up to a week; `None` for anything else.
pub fn duration(text: &str) -> Option<Duration> {
    let mut seconds = 0_u64;
    let mut rest = text;
    for (unit, factor) in [('h', 3600), ('m', 60)] {
        if let Some((number, after)) = rest.split_once(unit) {
            let plain = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
            let number: u64 = plain.then(|| number.parse().ok())??;
            seconds = seconds.checked_add(number.checked_mul(factor)?)?;
            rest = after;
        }
    }
    let fits = rest.is_empty() && (1..=7 * 24 * 3600).contains(&seconds);
    fits.then_some(Duration::from_secs(seconds))
}

/// A time of the day: `02:30`; `None` for anything else.
pub fn clock(text: &str) -> Option<(u8, u8)> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str, below: u8| {
        let plain = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        let number: u8 = plain.then(|| text.parse().ok())??;
        (number < below).then_some(number)
    };
    (minute.len() == 2).then_some(())?;
    Some((number(hour, 24)?, number(minute, 60)?))
}

fn minutes(time: Duration) -> String {
    format!("{}m", time.as_secs().div_ceil(60))
}

/// A path in a unit file: systemd.syntax(7), "Quoting", with specifiers taken as letters.
fn path(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                out.push('\\');
                out.push(letter);
            }
            '%' => out.push_str("%%"),
            _ => out.push(letter),
        }
    }
    out.push('"');
    out
}

/// An argument of a command in a unit file: a dollar sign begins a variable there, but not in the program's own path.
fn argument(text: &str) -> String {
    path(text).replace('$', "$$")
}

fn is_plain(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"/._-+@".contains(&byte))
}

/// A word of a shell's line.
fn shell(text: &str) -> String {
    if is_plain(text) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(home: &str) -> Schedule {
        Schedule {
            name: "nianbao".to_owned(),
            program: "/usr/local/bin/nianbao".to_owned(),
            home: home.to_owned(),
            at: (2, 5),
            deadline: Some(Duration::from_hours(5)),
            user: RunAs::User("nianbao".to_owned()),
        }
    }

    #[test]
    fn a_plain_home() {
        let plain = schedule("/srv/reports");
        let service = plain.service();
        for line in [
            "ExecStart=/usr/local/bin/nianbao --home /srv/reports run --deadline 300m",
            "User=nianbao",
            "ReadWritePaths=/srv/reports",
            "ProtectSystem=strict",
            "NoNewPrivileges=yes",
            "PrivateTmp=yes",
            "MemoryMax=1G",
            "TimeoutStopSec=30",
            "TimeoutStartSec=315min",
            "KillSignal=SIGTERM",
            "SuccessExitStatus=11 15",
        ] {
            assert!(service.lines().any(|own| own == line), "{line}\n{service}");
        }
        assert!(plain.timer().contains("\nOnCalendar=*-*-* 02:05:00\n"));
        assert!(plain.timer().contains("\nRandomizedDelaySec="));
        assert_eq!(
            plain.cron(),
            "5 2 * * * /usr/local/bin/nianbao --home /srv/reports run --deadline 300m\n"
        );
    }

    #[test]
    fn odd_paths_are_quoted() {
        let mut odd = schedule("/srv/年报 50% $a \"b\" 'c'");
        odd.deadline = None;
        let service = odd.service();
        let home = "\"/srv/年报 50%% $$a \\\"b\\\" 'c'\"";
        assert!(
            service.contains(&format!("nianbao --home {home} run\n")),
            "{service}"
        );
        assert!(service.contains("TimeoutStartSec=infinity"));
        assert!(
            service.contains("\nReadWritePaths=\"/srv/年报 50%% $a "),
            "{service}"
        );
        assert!(
            odd.cron()
                .ends_with("--home '/srv/年报 50\\% $a \"b\" '\\''c'\\''' run\n"),
            "{}",
            odd.cron()
        );
    }

    #[test]
    fn a_home_among_temporary_files_stays_visible() {
        let service = schedule("/tmp/reports").service();
        assert!(!service.lines().any(|line| line == "PrivateTmp=yes"));
        assert!(
            schedule("/tmpfiles/x")
                .service()
                .contains("\nPrivateTmp=yes\n")
        );
        let mut dynamic = schedule("/var/lib/nianbao");
        dynamic.user = RunAs::Dynamic("nianbao".to_owned());
        assert!(
            dynamic
                .service()
                .contains("\nDynamicUser=yes\nStateDirectory=nianbao\n")
        );
    }

    #[test]
    fn times() {
        for (text, want) in [
            ("5h", Some(18_000)),
            ("90m", Some(5_400)),
            ("1h30m", Some(5_400)),
            ("168h", Some(604_800)),
            ("169h", None),
            ("0m", None),
            ("", None),
            ("5", None),
            ("30m1h", None),
            ("+5h", None),
            ("5h ", None),
            ("99999999999999999999h", None),
        ] {
            assert_eq!(duration(text).map(|time| time.as_secs()), want, "{text}");
        }
        for (text, want) in [
            ("02:30", Some((2, 30))),
            ("2:30", Some((2, 30))),
            ("23:59", Some((23, 59))),
            ("24:00", None),
            ("12:60", None),
            ("12:5", None),
            ("12", None),
            ("+1:30", None),
        ] {
            assert_eq!(clock(text), want, "{text}");
        }
    }
}
