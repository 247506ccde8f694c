//! A wish to return is heard in every language, and opens a case.

use amends_client::v1;
use amends_tests::harness::MAIN;
use amends_tests::make::{message, order};
use amends_tests::{Harness, flow};

flow!(a_wish_to_return_opens_an_intent_case_in_each_of_twenty_languages);

/// What buyers write who want their money back or another one, by language.
const WISHES: [(&str, &str); 20] = [
    ("ar", "المنتج وصل مكسور وأريد إرجاعه واسترداد فلوسي"),
    ("de", "Die Lampe kam kaputt an, ich möchte sie zurückschicken und mein Geld zurück."),
    ("en", "The lamp arrived broken, I want to send it back and get a refund."),
    ("es", "La lámpara llegó rota, quiero devolverla y que me devuelvan el dinero."),
    ("fil", "Basag po yung lampara pagdating, gusto ko sanang ibalik at mag-refund."),
    ("fr", "La lampe est arrivée cassée, je veux la renvoyer et être remboursé."),
    ("hi", "लैंप टूटा हुआ आया है, मुझे इसे वापस करना है और पैसे वापस चाहिए"),
    ("hu", "Törötten érkezett a lámpa, szeretném visszaküldeni és kérem vissza a pénzemet."),
    ("id", "Lampunya pecah kak, saya mau retur dan minta uang kembali."),
    ("it", "La lampada è arrivata rotta, voglio restituirla e avere il rimborso."),
    ("ja", "ランプが割れて届きました。返品して返金してほしいです。"),
    ("ko", "램프가 깨져서 왔어요. 반품하고 환불받고 싶어요."),
    ("ms", "Lampu sampai pecah, saya nak pulangkan dan minta balik duit."),
    ("pl", "Lampa przyszła rozbita, chcę ją odesłać i dostać zwrot pieniędzy."),
    ("pt", "A luminária chegou quebrada, quero devolver e receber meu dinheiro de volta."),
    ("ru", "Лампа пришла разбитая, хочу вернуть её и получить деньги обратно."),
    ("th", "โคมไฟแตกมาเลยค่ะ อยากคืนสินค้าและขอเงินคืน"),
    ("tr", "Lamba kırık geldi, iade etmek ve paramı geri almak istiyorum."),
    ("vi", "Đèn giao đến bị vỡ, mình muốn trả hàng và hoàn tiền."),
    ("zh", "台灯收到就碎了，我要退货退款"),
];

async fn a_wish_to_return_opens_an_intent_case_in_each_of_twenty_languages(h: &Harness) {
    let mut signals = Vec::new();
    for (language, text) in WISHES {
        signals.push(h.signal(order(&format!("o-{language}"))));
        signals.push(h.signal(message(&format!("m-{language}"), &format!("o-{language}"), text)));
    }
    let results = h.record(MAIN, signals).await;
    for ((language, text), pair) in WISHES.iter().zip(results.chunks(2)) {
        let heard = pair.get(1).unwrap();
        let detection = heard.detection.as_ref().unwrap();
        assert_eq!(detection.language, *language, "{text}");
        assert!(detection.return_intent, "{language}: {text}");
        let case = h.case(&heard.case).await;
        assert_eq!(case.origin(), v1::CaseOrigin::Intent, "{language}: {text}");
    }
}
