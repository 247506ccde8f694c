//! Indonesian, Thai and Chinese.

use amends_proto::v1::ComplaintReason::{
    ChangedMind, Counterfeit, Damaged, Defective, MissingPart, NotAsDescribed, Quality, Service, WrongItem,
    WrongSize,
};

use super::Words;

pub(super) static INDONESIAN: Words = Words {
    language: "id",
    praise: &[
        "Barangnya bagus, pengiriman cepat, terima kasih.",
        "Mantap, sesuai deskripsi, recommended kak.",
    ],
    grudge: &[
        "Warnanya bagus, tapi barang rusak waktu sampai dan jahitannya jelek. Kecewa banget, menyesal beli.",
    ],
    complaints: &[
        (Damaged, "Kecewa banget, barangnya pecah waktu sampai."),
        (Defective, "Tidak berfungsi, baru dua hari sudah mati total."),
        (Quality, "Kualitas jelek, bahannya tipis, kecewa."),
        (NotAsDescribed, "Tidak sesuai gambar, kecewa."),
        (Service, "Chat tidak dibalas, pelayanan buruk."),
        (Counterfeit, "Barang palsu, bukan original."),
    ],
    wishes: &[
        (WrongSize, "Ukurannya salah kirim, saya mau retur barang ini."),
        (Damaged, "Barang rusak waktu sampai, saya minta refund."),
        (Defective, "Barangnya tidak berfungsi, saya mau refund."),
        (MissingPart, "Isinya kurang satu, tolong kirim atau uang kembali."),
        (WrongItem, "Yang datang beda warna, saya mau tukar."),
        (ChangedMind, "Saya berubah pikiran, bisa retur?"),
    ],
    lost: "Paket saya belum sampai, saya mau refund.",
    question: "Apakah bisa kirim hari ini?",
    nag: "Halo kak, saya masih menunggu jawaban.",
    thanks: "Terima kasih kak, cepat sekali responnya.",
    revised: &["Penjual langsung membantu, sangat puas. Terima kasih kak, mantap."],
    reworded: "Masih kecewa, tidak sebanding dengan harga.",
};

pub(super) static THAI: Words = Words {
    language: "th",
    praise: &["สินค้าดีมาก ส่งเร็ว ประทับใจ", "คุณภาพดี ตรงปก แนะนำเลยค่ะ"],
    grudge: &["สีสวย แต่ของแตกและคุณภาพแย่มาก ผิดหวังมาก ไม่แนะนำ"],
    complaints: &[
        (Damaged, "ของแตกตอนมาถึง ผิดหวังมาก"),
        (Defective, "ใช้งานไม่ได้ เปิดไม่ติด แย่มาก"),
        (Quality, "คุณภาพแย่ วัสดุบาง ไม่คุ้มเลย"),
        (NotAsDescribed, "ไม่ตรงปก ผิดหวัง"),
        (Service, "ทักไปไม่ตอบ บริการแย่"),
    ],
    wishes: &[
        (WrongSize, "ส่งไซส์ผิด อยากคืนสินค้า"),
        (Damaged, "สินค้าแตกเสียหาย ขอเงินคืนค่ะ"),
        (Defective, "ใช้งานไม่ได้ ขอคืนเงิน"),
        (WrongItem, "ส่งสีผิด ขอเปลี่ยนสินค้า"),
        (ChangedMind, "เปลี่ยนใจแล้ว ขอคืนสินค้าได้ไหม"),
    ],
    lost: "ยังไม่ได้รับสินค้า ขอเงินคืน",
    question: "ส่งวันไหนคะ",
    nag: "สวัสดีค่ะ ยังรอคำตอบอยู่นะคะ",
    thanks: "ขอบคุณมากค่ะ บริการดี รวดเร็ว",
    revised: &["ร้านแก้ปัญหาให้เร็วมาก ประทับใจ บริการดีเยี่ยม"],
    reworded: "ยังผิดหวังอยู่ ไม่คุ้มราคา",
};

pub(super) static CHINESE: Words = Words {
    language: "zh",
    praise: &["质量很好，物流很快，推荐。", "非常喜欢，和描述一致，下次还来。"],
    grudge: &["颜色不错，但是收到就坏了，质量太差，非常失望，不推荐。"],
    complaints: &[
        (Damaged, "收到的时候已经破损，很失望。"),
        (Defective, "用了两天就开不了机，太差了。"),
        (Quality, "质量很差，做工粗糙，失望。"),
        (NotAsDescribed, "实物不符，和图片不一样。"),
    ],
    wishes: &[
        (WrongSize, "尺码发错了，我要退货。"),
        (Damaged, "收到就是坏的，我要退款。"),
        (Defective, "没法用，可以退吗？"),
        (MissingPart, "少了一个配件，请补发，不然我要退款。"),
        (ChangedMind, "不想要了，想退。"),
    ],
    lost: "一直没收到货，我要退款。",
    question: "请问什么时候发货？",
    nag: "你好？还在等你们回复。",
    thanks: "谢谢，处理得很快。",
    revised: &["店家马上就解决了，服务很好，非常满意，推荐。"],
    reworded: "还是很失望，不值这个价。",
};
