//! Where a body's pages stand, for names that do not tell whose they are.
//!
//! In: a name, the report year, the page's address. Out: what is to be added to the name so that bodies of the same name stay
//! apart. The address of a page alone is the last resort: then nothing else is ever taken for the same body.

use super::name::{Name, Path};
use super::{Divisions, Level};

/// Hosts' own labels of provinces below gov.cn: several districts of one name may stand there.
const PROVINCES: [&str; 52] = [
    "beijing", "tj", "hebei", "hebeizw", "shanxi", "sx", "nmg", "ln", "jl", "hlj", "shanghai",
    "sh", "js", "jiangsu", "zj", "zjzwfw", "ah", "fj", "fujian", "jx", "jiangxi", "sd", "shandong",
    "henan", "hn", "hb", "hubei", "hunan", "gd", "gxzf", "gx", "hainan", "cq", "sc", "gz",
    "guizhou", "yn", "xizang", "tibet", "shaanxi", "gansu", "gs", "qinghai", "qh", "nx",
    "xinjiang", "xj", "xjbt", "bingtuan", "www", "zwgk", "zfwzgl",
];

/// Labels below gov.cn of bodies that lead their branches in all places from above: below them stand provinces, on one host many
/// districts of one name. Taxes, weather, statistics, customs, money and foreign exchange, land, post, sea, air, telecommunications,
/// finance, prices and audit offices, grain, mines, earthquakes; and the shared platforms of all governments.
const CENTRAL: [&str; 38] = [
    "chinatax",
    "cma",
    "stats",
    "customs",
    "pbc",
    "safe",
    "mnr",
    "spb",
    "msa",
    "caac",
    "miit",
    "mof",
    "audit",
    "mee",
    "mwr",
    "mot",
    "moa",
    "mofcom",
    "mca",
    "mohurd",
    "mem",
    "mps",
    "moj",
    "ndrc",
    "nea",
    "nra",
    "lswz",
    "tobacco",
    "chinacoal-safety",
    "chinamine-safety",
    "cea",
    "cbrc",
    "cbirc",
    "nfra",
    "csrc",
    "forestry",
    "samr",
    "gjzwfw",
];

/// Folders that many columns share.
const SHARED: [&str; 22] = [
    "art", "info", "content", "news", "article", "articles", "html", "htm", "web", "site", "sites",
    "col", "c", "n", "index", "cms", "pub", "portal", "main", "zwgk", "xxgk", "zfxxgk",
];

/// What tells bodies of this name apart; empty where the name does so itself.
///
/// `page` is the page's address, or its digest where it has none.
pub fn discriminator(name: &str, year: Option<i16>, url: Option<&str>, page: &str) -> String {
    let read = Name::parse(name, None);
    // A name that has meant two divisions: the report year tells which.
    let reused = read.parts.last().and_then(|part| {
        let reused = Divisions::get().reused.get(&part.name)?;
        part.code.is_none().then_some(reused)
    });
    if let (Some(reused), Some(year)) = (reused, year) {
        return format!("era {}", reused.code_in(year));
    }
    let place = match read.path() {
        Path::Whole(_) => return String::new(),
        Path::Site(_) => url.and_then(Place::of).and_then(|place| {
            // A host elsewhere may be a platform of many.
            if is_of_one_government(&place.host) {
                return Some(place.host);
            }
            place.column()
        }),
        Path::Column(_) => url.and_then(Place::of).and_then(|place| place.column()),
    };
    place.unwrap_or_else(|| format!("page {page}"))
}

/// Where a page stands: its host, and its column where the address has one; `None` for what is no address.
pub fn column_of(url: &str) -> Option<String> {
    let place = Place::of(url)?;
    Some(place.column().unwrap_or(place.host))
}

/// Whether a host is that of one government, which has one district of a name.
pub(super) fn is_of_one_government(host: &str) -> bool {
    let label = host.strip_suffix(".gov.cn");
    let label = label.and_then(|above| above.rsplit('.').next());
    label.is_some_and(|label| !label.is_empty() && !is_shared(label))
}

/// The code in the discriminator of a name that has meant two divisions.
pub(super) fn era(place: &str) -> Option<&str> {
    place
        .strip_prefix("era ")
        .filter(|code| Level::of_code(code).is_some())
}

/// The site that a discriminator of a district's name is on: below gov.cn one government's hosts are one site. Hosts of provinces
/// and of bodies led from above are not one government's, nor are hosts elsewhere: each stands for itself.
pub fn site_of(place: &str) -> &str {
    let host = place.split('/').next().unwrap_or(place);
    if place.contains('/') || place.starts_with("page ") {
        return place;
    }
    let Some(above) = host.strip_suffix(".gov.cn") else {
        return place;
    };
    let start = above.rfind('.').map_or(0, |at| at + 1);
    if is_shared(&above[start..]) {
        return place;
    }
    &host[start..]
}

/// Whether below this label of gov.cn there may be several districts of one name.
fn is_shared(label: &str) -> bool {
    // Service platforms: jszwfw.gov.cn.
    PROVINCES.contains(&label) || CENTRAL.contains(&label) || label.ends_with("zwfw")
}

/// `SiteIDCode`: ten digits, or `bm` and eight, of the ministries. `None` for anything else.
pub fn site_id(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    let digits = text.strip_prefix("bm").unwrap_or(&text);
    let sound = text.len() == 10
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && digits.bytes().any(|byte| byte != b'0');
    sound.then_some(text)
}

struct Place {
    host: String,
    /// Without query and fragment.
    path: String,
    has_query: bool,
}

impl Place {
    fn of(url: &str) -> Option<Self> {
        let (_, rest) = url.split_once("://")?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (host, path) = rest.split_at(end);
        let host = host.rsplit('@').next().unwrap_or(host).to_ascii_lowercase();
        let bare = path.split(['?', '#']).next().unwrap_or_default();
        (!host.is_empty()).then(|| Self {
            host,
            path: bare.to_owned(),
            has_query: path.contains('?'),
        })
    }

    /// Host and folders of the column: those before the first that bears a date, a year or an article's number. `None`
    /// where no folder is of this column alone.
    fn column(&self) -> Option<String> {
        if self.has_query {
            return None;
        }
        let mut segments: Vec<&str> = self
            .path
            .split('/')
            .filter(|part| !part.is_empty())
            .collect();
        let file = if self.path.ends_with('/') {
            None
        } else {
            segments.pop()
        };
        // Hanweb: the column's number stands in the file's name, `art_1207_2345.html`.
        if let Some(rest) = file.and_then(|file| file.strip_prefix("art_"))
            && let Some((number, _)) = rest.split_once('_')
            && is_number(number)
        {
            return Some(format!("{}/art_{number}", self.host));
        }
        // VSB: `info/1035/2345.htm`.
        if let [.., "info", number] = segments.as_slice()
            && is_number(number)
        {
            return Some(format!("{}/info/{number}", self.host));
        }
        let own = segments
            .iter()
            .take_while(|segment| !is_dated(segment))
            .take(12)
            .collect::<Vec<_>>();
        let is_own = own.iter().any(|segment| {
            let plain = segment.to_ascii_lowercase();
            !SHARED.contains(&plain.as_str())
        });
        is_own.then(|| {
            let mut place = self.host.clone();
            for segment in own {
                place.push('/');
                place.push_str(segment);
            }
            place
        })
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A folder of one year, month, day or article: `202101`, `2020`, `2020nb`, `t20200131_1`, `c123456`, an id.
fn is_dated(segment: &str) -> bool {
    let digits = segment.bytes().filter(u8::is_ascii_digit).count();
    digits >= 4 || segment.len() >= 24 || is_number(segment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_need_it_have_a_place() {
        let url = Some("http://www.yunxi.gov.cn/zwgk/jyj/ndbg/202101/t20210125_1.html");
        let cases = [
            ("云溪县教育局", Some(2020), url, ""),
            ("江苏省徐州市鼓楼区教育局", Some(2020), url, ""),
            ("教育部", Some(2020), url, ""),
            ("鼓楼区教育局", Some(2020), url, "www.yunxi.gov.cn"),
            (
                "城关镇人民政府",
                Some(2020),
                url,
                "www.yunxi.gov.cn/zwgk/jyj/ndbg",
            ),
            ("教育局", Some(2020), url, "www.yunxi.gov.cn/zwgk/jyj/ndbg"),
            ("县教育局", None, url, "www.yunxi.gov.cn/zwgk/jyj/ndbg"),
            ("教育局", Some(2020), None, "page P"),
            (
                "教育局",
                Some(2020),
                Some("http://a.gov.cn/show.asp?id=3"),
                "page P",
            ),
            (
                "教育局",
                Some(2020),
                Some("http://a.gov.cn/art/2021/1/5/art_1207_88.html"),
                "a.gov.cn/art_1207",
            ),
            (
                "教育局",
                Some(2020),
                Some("http://a.gov.cn/info/1035/2345.htm"),
                "a.gov.cn/info/1035",
            ),
            (
                "教育局",
                Some(2020),
                Some("http://a.gov.cn/zwgk/2345.htm"),
                "page P",
            ),
            (
                "教育局",
                Some(2020),
                Some("http://a.gov.cn/zwgk/2021/x.htm"),
                "page P",
            ),
            (
                "鼓楼区教育局",
                Some(2020),
                Some("https://www.js.gov.cn/gl/jyj/2021/x.htm"),
                "www.js.gov.cn/gl/jyj",
            ),
            // One host of a body led from above is of all its districts, and its name of all provinces.
            (
                "国家税务总局鼓楼区税务局",
                Some(2020),
                Some("https://jiangsu.chinatax.gov.cn/nanjing/gk/2021/x.htm"),
                "jiangsu.chinatax.gov.cn/nanjing/gk",
            ),
            (
                "鼓楼区气象局",
                Some(2020),
                Some("http://js.cma.gov.cn/2021/x.htm"),
                "page P",
            ),
            // A platform of many cities.
            (
                "鼓楼区教育局",
                Some(2020),
                Some("https://gk.platform.example.com/xz/jyj/2021/x.htm"),
                "gk.platform.example.com/xz/jyj",
            ),
            (
                "鼓楼区教育局",
                Some(2020),
                Some("https://www.yxgov.cn/jyj/2021/x.htm"),
                "www.yxgov.cn/jyj",
            ),
            ("巢湖市教育局", Some(2010), url, "era 341400"),
            ("巢湖市教育局", Some(2011), url, "era 340181"),
            ("合肥市巢湖市教育局", Some(2011), url, ""),
            ("巢湖市教育局", None, url, "www.yunxi.gov.cn/zwgk/jyj/ndbg"),
        ];
        for (name, year, url, want) in cases {
            assert_eq!(discriminator(name, year, url, "P"), want, "{name} {url:?}");
        }
    }

    #[test]
    fn hosts_of_one_government_are_one_site() {
        assert_eq!(site_of("jyj.yxq.gov.cn"), "yxq.gov.cn");
        assert_eq!(site_of("www.yxq.gov.cn"), "yxq.gov.cn");
        assert_eq!(site_of("yxq.gov.cn"), "yxq.gov.cn");
        assert_eq!(site_of("www.js.gov.cn/gl/jyj"), "www.js.gov.cn/gl/jyj");
        assert_eq!(site_of("a.example.com"), "a.example.com");
        for apart in [
            "jiangsu.chinatax.gov.cn",
            "fujian.cma.gov.cn",
            "czj.js.gov.cn",
        ] {
            assert_eq!(site_of(apart), apart);
        }
    }

    #[test]
    fn site_ids_have_their_form() {
        assert_eq!(site_id(" 3203240001 ").as_deref(), Some("3203240001"));
        assert_eq!(site_id("BM12000001").as_deref(), Some("bm12000001"));
        for wrong in ["", "0000000000", "32032400", "320324000a", "https://a"] {
            assert_eq!(site_id(wrong), None, "{wrong}");
        }
    }
}
