//! What is known by its shape: addresses, numbers, amounts.

use regex::Regex;

use crate::error::LintError;
use crate::linter::{Audience, Outgoing, Venue};
use crate::read::Reading;

mod check;

use check::{is_card, is_iban, plain_borders, street_borders};

/// What a shape is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Email,
    Url,
    /// Digits that can hardly be anything but a phone number.
    Phone,
    /// Digits that are a phone number if the words beside them say so.
    Digits,
    Card,
    Iban,
    /// A name with an @ before it.
    Handle,
    /// The number of an order, by its shape alone.
    OrderId,
    /// A word with many digits in it.
    Code,
    /// An amount of money.
    Money,
}

/// A shape, found in letters of the text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) shape: Shape,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Seen {
    pub(crate) const fn span(&self) -> (usize, usize) {
        (self.start, self.end)
    }
}

/// One expression, and what a text must hold for it.
#[derive(Debug)]
struct Expression {
    shape: Shape,
    regex: Regex,
    /// Any of these; nothing if every text is looked at.
    needs: &'static [&'static str],
}

/// The expressions by which shapes are known.
#[derive(Debug)]
pub(crate) struct Shapes {
    lists: Vec<Expression>,
    hosts_allowed: Vec<String>,
    /// By the number of their language.
    streets: Vec<(u8, Regex)>,
}

const EMAIL: &str = r"[\p{L}0-9._%+\-]{2,}\s?(?:@|＠)\s?[a-z0-9\-]{2,}\s?\.\s?[a-z]{2,}";

/// "sales (at) shop (dot) com", in the words of many languages.
const EMAIL_SPELT: &str = r"(?x)
    [a-z0-9._%+\-]{2,} \s* (?:@|[(\[{<]\s*(?:at|a|arroba|chiocciola|małpa|kukac|et|собака|ät)\s*[)\]}>]|\s(?:at|arroba|chez|chiocciola|małpa|kukac|et|собака|ät)\s) \s* [a-z0-9\-]{2,}
    \s* (?:\.|[(\[{<]\s*(?:dot|punkt|point|punto|ponto|kropka|pont|nokta|titik|точка)\s*[)\]}>]|\s(?:dot|punkt|point|punto|ponto|kropka|pont|nokta|titik|chấm|точка|点)\s)
    \s* (?:[a-z]{2,6}|ру|ком)\b";

const EMAIL_HOST: &str = r"(?x)
    [a-z0-9._]{3,} \s* (?:@|＠|\bat\b|собака|골뱅이|アット) \s* (?:gmail|hotmail|outlook|yahoo|icloud|qq|163|naver|daum|mail|yandex|gmx|proton|web)\b
  | \b(?:gmail|hotmail|icloud|protonmail|yahoo|outlook|gmx|yandex|naver)\s*(?:\.|dot|点|,)\s*(?:com|net|de|ru|fr|pl|hu|co)\b";

/// "shop dot com", in the words of many languages.
const URL_SPELT: &str = r"(?x)
    [\p{L}0-9\-]{3,} \s? (?:[(\[](?:dot|\.|punkt|point|punto|ponto|kropka|pont|nokta|titik|точка)[)\]]|\s(?:dot|point|punkt|punto|ponto|kropka|pont|nokta|titik|tuldok|tuldong|chấm|точка|نقطة|दॉट|डॉट|จุด|닷|점|ドット)\s|点) \s?
    (?:[a-z0-9\-]{3,} \s (?:dot|point|punkt|punto|ponto|kropka|pont|nokta|titik|tuldok|chấm|точка|نقطة|दॉट|डॉट|จุด|닷|점|ドット) \s)?
    (?:com|net|org|shop|store|info|biz|example|me|cn|ком|ру|كوم|कॉम|คอม|닷컴|컴|コム)(?:[^a-z]|$)";

/// Numbers in the signs of Chinese.
const PHONE_SPELT: &str = r"[零〇一二三四五六七八九幺两\d]{7,}";

/// What a text must hold for an expression to be worth the look.
const HOSTS: &[&str] = &[
    "gmail", "hotmail", "outlook", "yahoo", "icloud", "qq", "163", "naver", "daum", "mail", "yandex", "gmx",
    "proton", "web",
];
const DOTS: &[&str] = &[
    "dot",
    "punkt",
    "point",
    "punto",
    "ponto",
    "kropka",
    "pont",
    "nokta",
    "titik",
    "tuldo",
    "chấm",
    "точка",
    "نقطة",
    "दॉट",
    "डॉट",
    "จุด",
    "닷",
    "점",
    "ドット",
    "点",
    "(.)",
    "[.]",
];

/// An amount, with its currency before or after.
const MONEY: &str = r"(?x)
    (?:[$€£¥₹₩฿₫₱₺₽]|rp\.?|rm|us\$|usd|eur|gbp|idr|myr|php|sgd|thb|vnd|inr|zł|pln|huf|nt\$|r\$|s\$|s/)\s?\d[\d.,]*
  | \d[\d.,]*\s?(?:[$€£¥₹₩฿₫₱₺₽]|eur(?:os?)?\b|usd\b|dollars?\b|dólares\b|reais\b|rupiah\b|ribu\b|ringgit\b|pesos?\b|piso\b|baht\b|บาท|đồng\b|k\b|yen\b|円|元|块|원|руб|рублей|₽|zł|ft\b|forint|tl\b|lira|रुपय|रुपए|₹|ريال|درهم|جنيه|دولار)";

const PHONE: &str = r"(?x)
    \+\s?\(?\d{1,3}\)?(?:[\s.\-/()]{0,3}\d){7,12}
  | \b0\d{2,5}\s?[/\-]\s?\d(?:[\s.\-]?\d){4,8}\b
  | \b0\d{2,4}\s\d{3,4}[\s\-]?\d{3,4}\b
  | \b0[1-9]\d{1,3}(?:\s\d{2,4}){2,3}\b
  | \b0[\s\-]?\(?[2-5]\d{2}\)?[\s\-]?\d{3}[\s\-]?\d{2}[\s\-]?\d{2}\b
  | \b06[\s\-/]?\(?(?:1|[2-9]\d)\)?[\s\-/]?\d{3}[\s\-]?\d{3,4}\b
  | \b[2-9]\d{2}[\-.]\d{3}[\-.]\d{4}\b
  | \b\d{2}\s9\d{4}[\s\-]\d{4}\b
  | \b0(?:8[1-9]|9\d)\d(?:[\s.\-]?\d){6,8}\b
  | \b0\d(?:[\s.\-]?\d{2}){4}\b
  | \b07\d{3}\s?\d{3}\s?\d{3}\b
  | \b06[\s\-]?[237]0[\s\-]?\d{3}[\s\-]?\d{4}\b
  | \b05\d{8}\b
  | \b01[016789][\s.\-]?\d{3,4}[\s.\-]\d{4}\b
  | \b1[3-9]\d{9}\b
  | \b00\d{2}(?:[\s.\-/()]{0,2}\d){8,11}\b
  | \(\d{2,5}\)\s?\d{3,5}[\s.\-]?\d{3,4}\b
  | \b8[\s\-]?\(?[489]\d{2}\)?[\s\-]?\d{3}[\s\-]?\d{2}[\s\-]?\d{2}\b";

const DIGITS: &str = r"\d(?:[\s.\-/()]{0,3}\d){6,14}";

const HANDLE: &str = r"(?:^|[\s:(（：])@\s?[\p{L}0-9_.]{3,}";

const ORDER_ID: &str = r"\b\d{3}-\d{7}-\d{7}\b|[#№]\s?[a-z]{0,4}\d{5,}|\b\d{2}-\d{5}-\d{5}\b|\b\d{6}[a-z0-9]*[a-z][a-z0-9]{5,}\b";

const CODE: &str = r"[a-z]{0,6}[\-]?\d[a-z0-9\-]{4,}";

const CARD: &str = r"\d(?:[ \-.]?\d){12,18}";

const IBAN: &str = r"\b[a-z]{2}\d{2}(?:[ \-]?[a-z0-9]){11,30}\b";

impl Shapes {
    /// From the endings of host names, the sites that may be named, and the streets of each language.
    pub(crate) fn new(
        endings: &[String],
        hosts_allowed: &[String],
        streets: &[(u8, String)],
    ) -> Result<Self, LintError> {
        let endings: Vec<String> = endings.iter().map(|ending| regex::escape(ending)).collect();
        let endings = endings.join("|");
        let url = format!(
            r"(?:https?|hxxps?)\s?:\s?//\s?[^\s]+|\bwww\s?\.\s?[^\s]+|\b(?:[a-z0-9\-]+\.)+(?:{endings})\b(?:/[^\s]*)?"
        );
        let lists: [(Shape, &str, &'static [&'static str]); 14] = [
            (Shape::Email, EMAIL, &["@", "＠"]),
            (Shape::Email, EMAIL_SPELT, DOTS),
            (Shape::Email, EMAIL_HOST, HOSTS),
            (Shape::Url, url.as_str(), &[".", ":", "www"]),
            (Shape::Url, URL_SPELT, DOTS),
            (Shape::Phone, PHONE_SPELT, &["零", "〇", "幺"]),
            (Shape::Iban, IBAN, &[]),
            (Shape::Card, CARD, &[]),
            (Shape::Phone, PHONE, &[]),
            (Shape::Digits, DIGITS, &[]),
            (Shape::Handle, HANDLE, &["@"]),
            (Shape::OrderId, ORDER_ID, &[]),
            (Shape::Code, CODE, &[]),
            (Shape::Money, MONEY, &[]),
        ];
        let compile =
            |file: &str, text: &str| Regex::new(text).map_err(|e| LintError::Compile(format!("{file}: {e}")));
        let lists: Result<Vec<_>, LintError> = lists
            .into_iter()
            .map(|(shape, text, needs)| {
                Ok(Expression { shape, regex: compile("shapes", &plain_borders(text))?, needs })
            })
            .collect();
        let streets: Result<Vec<_>, LintError> = streets
            .iter()
            .map(|(language, text)| Ok((*language, compile("streets", &street_borders(text))?)))
            .collect();
        let hosts_allowed = hosts_allowed.to_vec();
        Ok(Self { lists: lists?, hosts_allowed, streets: streets? })
    }

    /// The shapes in a text that are asked for.
    pub(crate) fn find(&self, reading: &Reading<'_>, wanted: &[Shape]) -> Vec<Seen> {
        let plain = &reading.plain;
        let mut seen = Vec::new();
        let digits = plain.text.bytes().filter(u8::is_ascii_digit).count();
        for Expression { shape, regex, needs } in self.lists.iter().filter(|one| wanted.contains(&one.shape))
        {
            // Most texts have few digits; looking for numbers in them would be for nothing.
            let spelt = *shape == Shape::Phone && !needs.is_empty();
            if digits < shape.digits_min() && !spelt {
                continue;
            }
            if !needs.is_empty() && !needs.iter().any(|need| plain.text.contains(need)) {
                continue;
            }
            for found in regex.find_iter(&plain.text) {
                if !self.is(*shape, found.as_str()) || !stands_alone(*shape, &plain.text, found.range()) {
                    continue;
                }
                if let Some((start, end)) = plain.letters(found.range()) {
                    seen.push(Seen { shape: *shape, start, end });
                }
            }
        }
        seen
    }

    fn is(&self, shape: Shape, text: &str) -> bool {
        let digits = || text.bytes().filter(u8::is_ascii_digit).count();
        match shape {
            Shape::Url => !self.is_allowed(text),
            Shape::Card => is_card(text),
            Shape::Iban => is_iban(text),
            Shape::Code => digits() >= 5 && !is_date(text),
            // No country dials so; parcels are numbered so.
            Shape::Phone => !text.starts_with("0000"),
            Shape::Digits => (7..=15).contains(&digits()) && !is_date(text),
            _ => true,
        }
    }

    fn is_allowed(&self, url: &str) -> bool {
        let host = url.rsplit("//").next().filter(|_| url.matches("//").count() < 2).unwrap_or(url);
        let host = host.trim_start().split(['/', '?', '#', ' ']).next().unwrap_or(host);
        let host = host.rsplit('@').next().unwrap_or(host).trim_end_matches(['.', ',', ')', '!', ';', ':']);
        self.hosts_allowed.iter().any(|allowed| {
            host.strip_suffix(allowed.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    }

    /// Street addresses of some languages, which need their capitals: bytes of the original.
    pub(crate) fn streets(&self, original: &str, languages: &[u8]) -> Vec<std::ops::Range<usize>> {
        if !original.chars().any(char::is_numeric) {
            return Vec::new();
        }
        let wanted = self.streets.iter().filter(|(language, _)| languages.contains(language));
        wanted.flat_map(|(_, regex)| regex.find_iter(original).map(|found| found.range())).collect()
    }
}

/// Whether digits are not a part of a longer number.
fn stands_alone(shape: Shape, text: &str, at: std::ops::Range<usize>) -> bool {
    if !matches!(shape, Shape::Phone | Shape::Digits | Shape::Card) {
        return true;
    }
    let before = text.get(..at.start).and_then(|before| before.chars().next_back());
    let after = text.get(at.end..).and_then(|after| after.chars().next());
    ![before, after].into_iter().flatten().any(|c| c.is_ascii_alphanumeric())
}

impl Shape {
    /// Whether it is a way to reach somebody.
    pub(crate) const fn is_contact(self) -> bool {
        matches!(self, Self::Email | Self::Url | Self::Phone | Self::Digits | Self::Handle)
    }

    /// The shapes that matter to a text.
    pub(crate) const fn wanted(outgoing: &Outgoing<'_>) -> &'static [Shape] {
        use Shape::{Card, Code, Digits, Email, Handle, Iban, Money, OrderId, Phone, Url};
        match (outgoing.audience, outgoing.venue) {
            (Audience::PublicReply, _) => {
                &[Email, Url, Iban, Card, Phone, Digits, Handle, OrderId, Code, Money]
            }
            (_, Venue::Marketplace) => &[Email, Url, Phone, Digits, Handle, Code, Money],
            (_, Venue::OwnStore) => &[Money],
        }
    }

    const fn digits_min(self) -> usize {
        match self {
            Self::Email | Self::Url | Self::Handle => 0,
            Self::Money => 1,
            Self::Code | Self::OrderId => 5,
            Self::Digits | Self::Phone => 7,
            Self::Card | Self::Iban => 10,
        }
    }
}

/// A date with dots, slashes or hyphens, which many digits can be.
fn is_date(text: &str) -> bool {
    let groups: Vec<&str> =
        text.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    let lengths: Vec<usize> = groups.iter().take(3).map(|group| group.len()).collect();
    matches!(lengths.as_slice(), [4, 1 | 2, 1 | 2] | [1 | 2, 1 | 2, 4] | [2, 2, 2])
        || (matches!(lengths.as_slice(), [4, 4]) && groups.len() == 2)
}
