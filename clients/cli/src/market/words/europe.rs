//! English, Spanish and German.

use amends_proto::v1::ComplaintReason::{
    ChangedMind, Counterfeit, Damaged, Defective, MissingPart, NotAsDescribed, Quality, Service, WrongItem,
    WrongSize,
};

use super::Words;

pub(super) static ENGLISH: Words = Words {
    language: "en",
    praise: &[
        "Works as described and arrived early, very happy with it.",
        "Lovely colour, well made, I would recommend it.",
        "Exactly what I was looking for, thank you!",
    ],
    grudge: &[
        "Nice idea, but the hinge broke after two days and the case arrived cracked. Terrible quality.",
    ],
    complaints: &[
        (Damaged, "The lid is cracked and the bottle leaks, very disappointed."),
        (Defective, "Stopped working after a week. It does not even turn on any more."),
        (Quality, "Poor quality, the fabric feels cheap and came apart at the seam."),
        (NotAsDescribed, "Not as described, looks nothing like the picture."),
        (WrongSize, "Runs small, it is too tight on me. Disappointing."),
        (Service, "Nobody answers. Bad service, I had to ask three times."),
        (Counterfeit, "This is a fake, not genuine at all."),
    ],
    wishes: &[
        (WrongSize, "You sent the wrong size, I want to send it back."),
        (Damaged, "It arrived broken. I want a refund please."),
        (Defective, "It does not work at all, can I return it?"),
        (MissingPart, "Two of the screws are missing, please send them or I want a refund."),
        (WrongItem, "This is the wrong colour, I would like to return it."),
        (ChangedMind, "I changed my mind and no longer need it. Can I return it?"),
    ],
    lost: "My parcel never arrived. I want a refund.",
    question: "When will my parcel arrive?",
    nag: "Hello? I am still waiting for an answer.",
    thanks: "Thank you, that was quick and friendly!",
    revised: &[
        "The shop put it right at once. Very happy now, thank you.",
        "Updated: the problem was solved quickly, great service.",
    ],
    reworded: "Still disappointed, it was not worth the money.",
};

pub(super) static SPANISH: Words = Words {
    language: "es",
    praise: &["Muy buen producto, llegó rápido y en perfecto estado.", "Me encanta, muy buena calidad."],
    grudge: &["Bonito, pero llegó roto y de muy mala calidad, qué decepción. No lo recomiendo."],
    complaints: &[
        (Damaged, "Llegó roto y mal embalado, qué decepción."),
        (Defective, "Dejó de funcionar a los dos días, muy mala experiencia."),
        (Quality, "De mala calidad, no lo recomiendo."),
        (NotAsDescribed, "No corresponde a la foto, decepcionante."),
    ],
    wishes: &[
        (WrongSize, "Me enviaron la talla equivocada, quiero devolverlo."),
        (Damaged, "Llegó roto, quiero un reembolso."),
        (Defective, "No funciona, quiero devolver el producto."),
        (WrongItem, "Me enviaron otro color, quiero cambiarlo."),
        (ChangedMind, "Cambié de opinión y ya no lo necesito, quiero devolverlo."),
    ],
    lost: "Mi pedido nunca llegó, quiero un reembolso.",
    question: "¿Tienen este modelo en azul?",
    nag: "¿Hola? Sigo esperando una respuesta.",
    thanks: "Muchas gracias, muy amables.",
    revised: &["Lo solucionaron enseguida, muy buen servicio. Ahora estoy muy contento."],
    reworded: "Sigo decepcionado, no vale lo que cuesta.",
};

pub(super) static GERMAN: Words = Words {
    language: "de",
    praise: &["Sehr gute Qualität, schnelle Lieferung, gerne wieder.", "Passt perfekt, bin sehr zufrieden."],
    grudge: &["Schönes Design, aber nach zwei Tagen kaputt und schlecht verarbeitet. Sehr enttäuscht."],
    complaints: &[
        (Damaged, "Kam beschädigt an und ist ausgelaufen, sehr enttäuscht."),
        (Defective, "Nach zwei Tagen kaputt, nicht zu empfehlen."),
        (Quality, "Schlechte Qualität, billiges Plastik."),
        (WrongSize, "Fällt klein aus, viel zu eng. Schade."),
        (Service, "Niemand antwortet, schlechter Service."),
    ],
    wishes: &[
        (WrongSize, "Sie haben die falsche Größe geschickt, ich möchte es zurückschicken."),
        (Damaged, "Der Artikel kam beschädigt an, ich möchte mein Geld zurück."),
        (Defective, "Das Gerät funktioniert nicht, ich möchte es zurückgeben."),
        (MissingPart, "Es fehlt ein Teil, bitte Ersatz schicken oder Erstattung."),
        (ChangedMind, "Ich habe es mir anders überlegt und möchte es zurücksenden."),
    ],
    lost: "Das Paket ist nie angekommen, ich möchte eine Rückerstattung.",
    question: "Passt das auch für das ältere Modell?",
    nag: "Hallo? Ich warte immer noch auf eine Antwort.",
    thanks: "Vielen Dank für die schnelle Hilfe!",
    revised: &["Der Händler hat sofort geholfen, super Service. Jetzt sehr zufrieden."],
    reworded: "Bin weiterhin enttäuscht, das Geld nicht wert.",
};
