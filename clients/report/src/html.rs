//! Pieces of a page. A text enters only through [`Html::text`] or as the value of
//! an attribute, and both escape it: what a buyer or an agent wrote stays a text.

/// A piece of a page that is ready to be sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Html(String);

impl Html {
    /// Nothing.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A text, escaped.
    pub(crate) fn text(text: &str) -> Self {
        let mut html = String::with_capacity(text.len());
        escape(text, &mut html);
        Self(html)
    }

    /// Markup of our own, fixed when the program is built.
    pub(crate) fn fixed(markup: &'static str) -> Self {
        Self(markup.to_owned())
    }

    /// The same with more behind it.
    pub(crate) fn and(mut self, more: impl Into<Self>) -> Self {
        self.0.push_str(&more.into().0);
        self
    }

    /// Whether there is nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The page.
    pub(crate) fn into_page(self) -> String {
        self.0
    }
}

impl From<&str> for Html {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Html {
    fn from(text: String) -> Self {
        Self::text(&text)
    }
}

impl FromIterator<Html> for Html {
    fn from_iter<I: IntoIterator<Item = Self>>(parts: I) -> Self {
        parts.into_iter().fold(Self::new(), Self::and)
    }
}

/// An element.
pub(crate) fn el(name: &'static str, attributes: &[(&'static str, &str)], inside: impl Into<Html>) -> Html {
    let mut html = open(name, attributes);
    html.push_str(&inside.into().0);
    html.push_str("</");
    html.push_str(name);
    html.push('>');
    Html(html)
}

/// An element that holds nothing and is never closed, such as `meta`.
pub(crate) fn void(name: &'static str, attributes: &[(&'static str, &str)]) -> Html {
    Html(open(name, attributes))
}

/// A text that somebody else wrote, kept from turning the writing of what stands around it.
pub(crate) fn foreign(text: &str) -> Html {
    el("bdi", &[], text)
}

fn open(name: &str, attributes: &[(&'static str, &str)]) -> String {
    let mut html = format!("<{name}");
    for (attribute, value) in attributes {
        html.push(' ');
        html.push_str(attribute);
        html.push_str("=\"");
        escape(value, &mut html);
        html.push('"');
    }
    html.push('>');
    html
}

fn escape(text: &str, html: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            // No page may hold them, and nobody wrote them to be read.
            letter if letter.is_control() && letter != '\n' && letter != '\t' => html.push('\u{fffd}'),
            letter => html.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stays_a_text_inside_and_in_attributes() {
        let evil = "<script>\"&'\u{0}</script>";
        let html = el("p", &[("title", evil)], evil).into_page();
        let safe = "&lt;script&gt;&quot;&amp;&#39;\u{fffd}&lt;/script&gt;";
        assert_eq!(html, format!("<p title=\"{safe}\">{safe}</p>"));
    }

    #[test]
    fn pieces_stand_one_after_the_other() {
        let items: Html = ["a", "b"].into_iter().map(|text| el("li", &[], text)).collect();
        assert_eq!(el("ul", &[], items).into_page(), "<ul><li>a</li><li>b</li></ul>");
        assert!(Html::new().is_empty());
    }
}
