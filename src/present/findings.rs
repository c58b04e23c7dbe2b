//! Findings as a list. Pure.

use std::fmt::Write as _;

use crate::model::{Finding, Severity};

use super::width::visible;

/// The findings, worst first and otherwise in their order, two lines each: code and
/// place, message; then how many there are of each severity.
pub fn list_findings(findings: &[Finding]) -> String {
    let mut text = String::new();
    for severity in Severity::ALL.into_iter().rev() {
        for finding in findings.iter().filter(|f| f.severity == severity) {
            // Writing to a String cannot fail.
            let _ = write!(text, "{:<8}{}", severity.as_str(), finding.code.as_str());
            if !finding.place.is_empty() {
                let _ = write!(text, "  {}", visible(&finding.place));
            }
            let _ = writeln!(text, "\n        {}", visible(&finding.message));
        }
    }
    let counts: Vec<String> = Severity::ALL
        .into_iter()
        .rev()
        .filter_map(|severity| {
            let count = findings.iter().filter(|f| f.severity == severity).count();
            (count > 0).then(|| format!("{count} {}", severity.as_str()))
        })
        .collect();
    if counts.is_empty() {
        text.push_str("no findings\n");
    } else {
        let _ = writeln!(text, "findings: {}", counts.join(", "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Code;

    #[test]
    fn the_worst_come_first() {
        let findings = [
            Finding::new(Code::DateUnknown, "", "no date on the page"),
            Finding::new(Code::IdentityFails, "requests.new@total", "12 ≠ 5 + 6"),
            Finding::new(Code::NotANumber, "table 3, row 2", "约三十"),
        ];
        let want = "\
error   identity_fails  requests.new@total
        12 ≠ 5 + 6
warning not_a_number  table 3, row 2
        约三十
info    date_unknown
        no date on the page
findings: 1 error, 1 warning, 1 info
";
        assert_eq!(list_findings(&findings), want);
        assert_eq!(list_findings(&[]), "no findings\n");
    }
}
