use proptest::prelude::*;

use super::*;

/// Path, its body and level as text: `徐州市/云溪区|教育局|county`.
fn read(name: &str) -> String {
    let read = Name::parse(name, None);
    let parts: Vec<&str> = read.parts.iter().map(|part| part.name.as_str()).collect();
    let level = read.level().map_or("?", Level::as_str);
    let word = read.level_word.map(String::from).unwrap_or_default();
    format!("{}|{word}{}|{level}", parts.join("/"), read.body)
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of names")]
fn names_are_taken_apart() {
    let cases = [
        // Known divisions.
        ("江苏省教育厅", "江苏省|教育厅|province"),
        ("徐州市教育局", "徐州市|教育局|prefecture"),
        ("江苏省徐州市人民政府", "江苏省/徐州市|人民政府|prefecture"),
        ("徐州市鼓楼区教育局", "徐州市/鼓楼区|教育局|county"),
        (
            "江苏省徐州市沛县政府办",
            "江苏省/徐州市/沛县|人民政府办公室|county",
        ),
        (
            "北京市海淀区市场监管局",
            "北京市/海淀区|市场监督管理局|county",
        ),
        ("重庆市开州区人民政府", "重庆市/开州区|人民政府|county"),
        (
            "内蒙古呼和浩特市教育局",
            "内蒙古/呼和浩特市|教育局|prefecture",
        ),
        ("内蒙古自治区教育厅", "内蒙古自治区|教育厅|province"),
        ("海南藏族自治州财政局", "海南藏族自治州|财政局|prefecture"),
        ("海南省澄迈县财政局", "海南省/澄迈县|财政局|county"),
        ("吉林省吉林市财政局", "吉林省/吉林市|财政局|prefecture"),
        ("东莞市虎山镇人民政府", "东莞市/虎山镇|人民政府|township"),
        ("湖北省神农架林区教育局", "湖北省/神农架林区|教育局|county"),
        // Unknown ones, by their form.
        ("云溪县教育局", "云溪县|教育局|county"),
        ("云溪市教育局", "云溪市|教育局|?"),
        ("云溪市市场监督管理局", "云溪市|市场监督管理局|?"),
        ("云溪市云岭区教育局", "云溪市/云岭区|教育局|?"),
        ("徐州市云溪区卫健委", "徐州市/云溪区|卫生健康委员会|county"),
        ("白鹭区司法局", "白鹭区|司法局|?"),
        ("盐城市云城区城市管理局", "盐城市/云城区|城市管理局|county"),
        ("云城市城市管理局", "云城市|城市管理局|?"),
        ("青山旗教育局", "青山旗|教育局|county"),
        ("云溪族自治县教育局", "云溪族自治县|教育局|county"),
        (
            "云山苗族侗族自治县人民政府",
            "云山苗族侗族自治县|人民政府|county",
        ),
        ("公安县公安局", "公安县|公安局|county"),
        ("政和县教育局", "政和县|教育局|county"),
        ("云溪县", "云溪县|人民政府|county"),
        ("云溪县人民政府（本级）", "云溪县|人民政府|county"),
        ("云溪县 人民政府 办公室", "云溪县|人民政府办公室|county"),
        ("丰县发改委", "丰县|发展和改革委员会|county"),
        // Towns.
        ("云溪县城关镇人民政府", "云溪县/城关镇|人民政府|township"),
        ("云溪县柳河乡", "云溪县/柳河乡|人民政府|township"),
        ("云溪县柳河乡政府", "云溪县/柳河乡|人民政府|township"),
        (
            "徐州市云溪区柳河街道办事处",
            "徐州市/云溪区/柳河街道|办事处|township",
        ),
        ("云溪区柳河街道办", "云溪区/柳河街道|办事处|township"),
        ("云溪县柳河镇财政所", "云溪县/柳河镇|财政所|township"),
        (
            "云溪县柳河乡党政综合办公室",
            "云溪县/柳河乡|党政综合办公室|township",
        ),
        (
            "徐州市云溪区柳河街道社会事务办公室",
            "徐州市/云溪区/柳河街道|社会事务办公室|township",
        ),
        // No towns.
        (
            "云溪县农村乡镇财政管理局",
            "云溪县|农村乡镇财政管理局|county",
        ),
        ("云溪县城镇规划局", "云溪县|城镇规划局|county"),
        ("云溪县小城镇规划局", "云溪县|小城镇规划局|county"),
        ("云溪县乡镇企业局", "云溪县|乡镇企业局|county"),
        (
            "云溪县住房和城乡规划建设局",
            "云溪县|住房和城乡规划建设局|county",
        ),
        ("城关镇人民政府", "城关镇|人民政府|township"),
        ("景家镇人民政府", "景家镇|人民政府|township"),
        // Neither county nor town.
        ("教育局", "|教育局|?"),
        ("县教育局", "|县教育局|?"),
        ("市政府办公室", "|市人民政府办公室|?"),
        ("市场监督管理局", "|市场监督管理局|?"),
        ("市政管理局", "|市政管理局|?"),
        ("城市管理局", "|城市管理局|?"),
        ("住房和城乡建设局", "|住房和城乡建设局|?"),
        ("城乡规划局", "|城乡规划局|?"),
        ("社区管理办公室", "|社区管理办公室|?"),
        ("高新区管委会", "|高新区管委会|?"),
        ("经济技术开发区管理委员会", "|经济技术开发区管理委员会|?"),
        ("云溪县乡镇企业局", "云溪县|乡镇企业局|county"),
        ("云溪县乡村振兴局", "云溪县|乡村振兴局|county"),
        ("云溪县城乡规划局", "云溪县|城乡规划局|county"),
        ("云溪县县城建设办公室", "云溪县|县城建设办公室|county"),
        ("经开区管委会", "|经开区管委会|?"),
        ("徐州市经开区财政局", "徐州市|经开区财政局|prefecture"),
        ("综保区管委会", "|综保区管委会|?"),
        ("云山风景名胜区管委会", "|云山风景名胜区管委会|?"),
        ("云溪产业集聚区管委会", "|云溪产业集聚区管委会|?"),
        ("南开区教育局", "南开区|教育局|?"),
        (
            "徐州市高新技术产业开发区管理委员会",
            "徐州市|高新技术产业开发区管理委员会|prefecture",
        ),
        // Bodies led from above.
        ("国家税务总局云溪县税务局", "云溪县|税务局|county"),
        ("云溪县税务局", "云溪县|税务局|county"),
        ("国家税务总局", "|国家税务总局|national"),
        ("中华人民共和国教育部", "|教育部|national"),
        ("教育部", "|教育部|national"),
        ("国家统计局徐州调查队", "|国家统计局徐州调查队|?"),
        ("国务院办公厅", "|国务院办公厅|national"),
        // The corps.
        ("新疆生产建设兵团", "新疆生产建设兵团|人民政府|province"),
        ("新疆生产建设兵团教育局", "新疆生产建设兵团|教育局|province"),
        (
            "新疆生产建设兵团第八师石河子市教育局",
            "新疆生产建设兵团/第8师|教育局|prefecture",
        ),
        ("第八师石河子市教育局", "第8师|教育局|prefecture"),
        ("八师石河子市教育局", "第8师|教育局|prefecture"),
        ("第八师（石河子市）教育局", "第8师|教育局|prefecture"),
        ("第十四师昆玉市民政局", "第14师|民政局|prefecture"),
        ("农八师水利局", "第8师|水利局|prefecture"),
        ("第八师一四三团", "第8师/143团|人民政府|township"),
        (
            "兵团第十师北屯市教育局",
            "新疆生产建设兵团/第10师|教育局|prefecture",
        ),
        ("八师教育局", "|八师教育局|?"),
        ("石河子市教育局", "石河子市|教育局|county"),
        ("第十六师教育局", "|第十六师教育局|?"),
        // Names that have meant two divisions.
        ("巢湖市教育局", "巢湖市|教育局|?"),
        ("合肥市巢湖市教育局", "合肥市/巢湖市|教育局|county"),
        ("铜仁市教育局", "铜仁市|教育局|?"),
        ("铜仁地区教育局", "铜仁地区|教育局|prefecture"),
        ("莱芜市教育局", "莱芜市|教育局|prefecture"),
    ];
    for (name, want) in cases {
        assert_eq!(read(name), want, "{name}");
    }
}

#[test]
fn paths_say_how_far_a_name_tells() {
    let cases = [
        ("云溪县教育局", Path::Whole("? 云溪县".into())),
        ("江苏省云溪县教育局", Path::Whole("? 云溪县".into())),
        ("徐州市鼓楼区教育局", Path::Whole("320302 鼓楼区".into())),
        ("南京市鼓楼区教育局", Path::Whole("320106 鼓楼区".into())),
        (
            "徐州市云溪区教育局",
            Path::Whole("320300 徐州市/云溪区".into()),
        ),
        (
            "云溪县城关镇人民政府",
            Path::Whole("? 云溪县/城关镇".into()),
        ),
        // The province has two.
        ("江苏省鼓楼区教育局", Path::Site("鼓楼区".into())),
        ("鼓楼区教育局", Path::Site("鼓楼区".into())),
        ("某溪市鼓楼区教育局", Path::Whole("? 某溪市/鼓楼区".into())),
        ("鼓楼区城关镇人民政府", Path::Site("鼓楼区/城关镇".into())),
        ("徐州市城关镇人民政府", Path::Column("城关镇".into())),
        ("城关镇人民政府", Path::Column("城关镇".into())),
        ("教育局", Path::Column(String::new())),
        ("市教育局", Path::Column(String::new())),
        ("巢湖市教育局", Path::Column("巢湖市".into())),
        ("教育部", Path::Whole("cn".into())),
    ];
    for (name, want) in cases {
        assert_eq!(Name::parse(name, None).path(), want, "{name}");
    }
    let era = Name::parse("巢湖市教育局", Some("341400"));
    assert_eq!(era.path(), Path::Whole("341400 巢湖市".into()));
    assert_eq!(era.level(), Some(Level::Prefecture));
    let era = Name::parse("巢湖市教育局", Some("340181"));
    assert_eq!(era.level(), Some(Level::County));
}

proptest! {
    #[test]
    fn any_text_is_read_and_nothing_of_it_is_lost(text in "[云溪山河省市县区旗镇乡街道局委厅办人民政府教育第八师团兵（）和城场 ]{0,30}") {
        let read = Name::parse(&text, None);
        let _ = (read.path(), read.level(), read.division());
        if !text.trim().is_empty() {
            prop_assert!(!read.parts.is_empty() || !read.body.is_empty());
        }
    }

    #[test]
    fn what_stands_before_a_body_does_not_change_the_body(
        county in "[云青白石望][溪岭鹭桥川]县", body in "(教育|民政|水务|统计|财政)局",
    ) {
        let read = Name::parse(&format!("{county}{body}"), None);
        prop_assert_eq!(&read.body, &body);
        prop_assert_eq!(&read.parts[0].name, &county);
    }
}
