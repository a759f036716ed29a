//! What was seen, as medians and ratios, beside what was wanted.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use super::goals;
use super::load::Sample;
use super::process::Memory;
use super::tallystick::Filled;
use super::{Options, machine};

/// Everything seen in one run.
pub struct Report {
    command: String,
    machine: String,
    versions: Vec<String>,
    seen: BTreeMap<&'static str, Seen>,
    order: Vec<&'static str>,
}

/// What was seen of one contestant.
#[derive(Default)]
pub struct Seen {
    /// Of the page.
    pub reads: Vec<Sample>,
    /// Of durable changes.
    pub completes: Vec<Sample>,
    /// Of the page, little data and much data in turns: the rates.
    pub growth: Vec<(f64, f64)>,
    /// What it took to make the much data.
    pub grown: Option<Filled>,
    /// Milliseconds from start to first page.
    pub starts: Vec<f64>,
    /// After a rest.
    pub memory: Vec<Memory>,
    /// The executable's.
    pub bytes: Option<u64>,
    /// The page's.
    pub page: Option<usize>,
}

impl Report {
    /// An empty one.
    pub fn new(options: &Options, folder: &Path) -> Result<Self> {
        Ok(Self {
            command: options.command(),
            machine: machine::line(folder)?,
            versions: Vec::new(),
            seen: BTreeMap::new(),
            order: Vec::new(),
        })
    }

    /// Names and versions of the others.
    pub fn versions(&mut self, versions: Vec<String>) {
        self.versions = versions;
    }

    /// The record of one contestant, to be added to.
    pub fn of(&mut self, name: &'static str) -> &mut Seen {
        if !self.order.contains(&name) {
            self.order.push(name);
        }
        self.seen.entry(name).or_default()
    }

    /// The whole as Markdown.
    pub fn markdown(&self) -> Result<String> {
        let mut text = String::new();
        let date = jiff::Timestamp::now().strftime("%Y-%m-%d");
        writeln!(
            text,
            "Run on {date}: {}. {}.\n",
            self.machine,
            self.versions.join(", ")
        )?;
        writeln!(text, "To repeat: `{}`\n", self.command)?;
        self.goals(&mut text)?;
        self.table(
            &mut text,
            "The page",
            &["answers/s", "p50 ms", "p99 ms", "bytes"],
            |seen| {
                let [rate, p50, p99] = samples(&seen.reads)?;
                Some(vec![
                    rate,
                    p50,
                    p99,
                    seen.page.map(|bytes| bytes.to_string()).unwrap_or_default(),
                ])
            },
        )?;
        self.table(
            &mut text,
            "Durable changes",
            &["changes/s", "p50 ms", "p99 ms"],
            |seen| samples(&seen.completes).map(Vec::from),
        )?;
        self.table(
            &mut text,
            "Start, idle memory, size",
            &[
                "first page after ms",
                "resident MB",
                "of it heap MB",
                "executable MB",
            ],
            |seen| {
                let start = spread(&seen.starts, 0)?;
                let resident: Vec<f64> = seen
                    .memory
                    .iter()
                    .map(|memory| megabytes(memory.resident))
                    .collect();
                let heap: Vec<f64> = seen
                    .memory
                    .iter()
                    .map(|memory| megabytes(memory.anonymous))
                    .collect();
                let bytes = seen
                    .bytes
                    .map(|bytes| format!("{:.1}", megabytes(bytes)))
                    .unwrap_or_default();
                Some(vec![start, spread(&resident, 1)?, spread(&heap, 1)?, bytes])
            },
        )?;
        self.table(
            &mut text,
            "The page with more tasks",
            &[
                "answers/s",
                "answers/s with more",
                "times slower",
                "tasks",
                "GB",
                "minutes to fill",
            ],
            |seen| {
                let (before, after): (Vec<f64>, Vec<f64>) = seen.growth.iter().copied().unzip();
                let slower = median(&before)? / median(&after)?;
                Some(vec![
                    spread(&before, 0)?,
                    spread(&after, 0)?,
                    format!("{slower:.2}"),
                    seen.grown?.tasks.to_string(),
                    format!("{:.1}", megabytes(seen.grown?.bytes?) / 1e3),
                    format!("{:.0}", seen.grown?.time.as_secs_f64() / 60.0),
                ])
            },
        )?;
        Ok(text)
    }

    fn goals(&self, text: &mut String) -> Result<()> {
        writeln!(text, "| Goal | Wanted | Seen | |\n|---|---|---|---|")?;
        for goal in goals::ALL {
            let (seen, verdict) = match (goal.seen)(&self.seen) {
                Some(seen) => (
                    format!("{seen:.2}"),
                    if goal.wanted.met(seen) {
                        "met"
                    } else {
                        "**not met**"
                    },
                ),
                None => (String::new(), "not measured in this run"),
            };
            writeln!(
                text,
                "| {} | {} | {seen} | {verdict} |",
                goal.what, goal.wanted
            )?;
        }
        writeln!(text)?;
        Ok(())
    }

    fn table(
        &self,
        text: &mut String,
        title: &str,
        columns: &[&str],
        row: impl Fn(&Seen) -> Option<Vec<String>>,
    ) -> Result<()> {
        let rows: Vec<_> = self
            .order
            .iter()
            .filter_map(|name| Some((name, row(self.seen.get(name)?)?)))
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        writeln!(text, "| {title} | {} |", columns.join(" | "))?;
        writeln!(text, "|---|{}", "---:|".repeat(columns.len()))?;
        for (name, cells) in rows {
            writeln!(text, "| {name} | {} |", cells.join(" | "))?;
        }
        writeln!(text)?;
        Ok(())
    }
}

/// The one in the middle.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let half = sorted.len() / 2;
    let upper = *sorted.get(half)?;
    Some(if sorted.len() % 2 == 1 {
        upper
    } else {
        f64::midpoint(sorted[half - 1], upper)
    })
}

/// Puts `figures` between the two marks of the page, and leaves what people wrote around them alone.
pub fn put_into(page: &Path, figures: &str) -> Result<()> {
    const BEGIN: &str = "<!-- figures: begin -->";
    const END: &str = "<!-- figures: end -->";
    let text =
        fs::read_to_string(page).with_context(|| format!("cannot read {}", page.display()))?;
    let (before, rest) = text
        .split_once(BEGIN)
        .with_context(|| format!("no {BEGIN} in {}", page.display()))?;
    let (_, after) = rest
        .split_once(END)
        .with_context(|| format!("no {END} in {}", page.display()))?;
    fs::write(page, format!("{before}{BEGIN}\n{figures}{END}{after}"))?;
    Ok(())
}

/// Milliseconds, with what is below them.
pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Millions of bytes.
pub fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn samples(samples: &[Sample]) -> Option<[String; 3]> {
    let each = |value: fn(&Sample) -> f64| samples.iter().map(value).collect::<Vec<_>>();
    Some([
        spread(&each(|sample| sample.rate), 0)?,
        spread(&each(|sample| sample.p50), 2)?,
        spread(&each(|sample| sample.p99), 2)?,
    ])
}

/// The median, and from where to where the rounds went.
fn spread(values: &[f64], digits: usize) -> Option<String> {
    let middle = median(values)?;
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Some(format!(
        "{middle:.digits$} ({low:.digits$}–{high:.digits$})"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }

    #[test]
    fn figures_replace_figures_only() -> Result<()> {
        let page = std::env::temp_dir().join(format!("figures-{}", std::process::id()));
        fs::write(
            &page,
            "above\n<!-- figures: begin -->\nold\n<!-- figures: end -->\nbelow\n",
        )?;
        put_into(&page, "new\n")?;
        let text = fs::read_to_string(&page)?;
        fs::remove_file(&page)?;
        assert_eq!(
            text,
            "above\n<!-- figures: begin -->\nnew\n<!-- figures: end -->\nbelow\n"
        );
        Ok(())
    }
}
