//! In which language a page speaks.

/// Texts of a Chinese page with three English words one after the other that nothing calls English, names of codes aside.
pub fn english(html: &str) -> Vec<String> {
    let document = scraper::Html::parse_document(html);
    let mut found = Vec::new();
    for node in document.tree.nodes() {
        let Some(text) = node.value().as_text() else {
            continue;
        };
        let elements = || {
            node.ancestors()
                .filter_map(|node| node.value().as_element())
        };
        let language = elements().find_map(|element| element.attr("lang"));
        let is_code = elements().any(|element| matches!(element.name(), "code" | "pre" | "style"));
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut runs = words.windows(3);
        if language.is_some_and(|one| one.starts_with("zh"))
            && !is_code
            && runs.any(|three| three.iter().all(is_word))
        {
            found.push(text.to_string());
        }
    }
    found
}

fn is_word(word: &&str) -> bool {
    word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_alphabetic())
}
