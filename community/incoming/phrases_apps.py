"""What telephones and programs put under mails: how it begins or ends, and what it names.

All lower case, in NFC. Whoever knows one more adds it here; `signs.py` says how they have to stand.
"""

# How "Sent from my iPhone" begins, and what it may go on with is a device or a program.
SENT_FROM = (
    "this message was sent using", "this mail was sent through", "diese nachricht wurde versandt mit",
    "sent wirelessly", "envoyé sans fil", "sent through", "sent in haste", "<<sent",
    "sent from", "sent via", "sent with", "sent using", "sent on the go", "sent by", "get outlook for",
    "get bluemail for", "download outlook for", "sent on", "composed on", "written on my", "typed on my",
    "sent securely", "brevity and typos", "please excuse", "sorry for typos", "excuse typos", "von meinem",
    "von meiner", "gesendet von", "gesendet mit", "gesendet über", "von unterwegs gesendet", "verschickt mit",
    "verschickt von", "versendet mit", "geschrieben von meinem", "geschrieben auf meinem", "mit outlook für",
    "outlook für ios", "outlook für android", "holen sie sich outlook", "diese nachricht wurde von meinem",
    "diese e-mail wurde von meinem", "mobil gesendet", "gesendet aus", "hol dir outlook", "laden sie outlook",
    "envoyé de mon", "envoyé depuis", "envoyé à partir", "envoyé avec", "envoyé par", "envoyé d'un",
    "télécharger outlook", "obtenir outlook", "obtenez outlook", "téléchargez outlook", "envoyé via", "envoyé de ma",
    "envoyé du", "provenance : courrier", "enviado desde", "enviado con", "enviado vía", "enviado via", "enviado por",
    "obtener outlook", "descargar outlook", "consigue outlook", "enviado mediante", "enviado do meu", "enviado do",
    "enviado a partir", "enviada do", "enviado de meu", "enviado pelo", "enviado com", "obter o outlook",
    "obter outlook", "obtenha o outlook", "baixar outlook", "enviado da", "enviado através", "enviado de",
    "inviato da", "inviato dal", "inviato con", "inviata da", "inviato tramite", "scarica outlook", "ottieni outlook",
    "inviato dall", "verstuurd vanaf", "verzonden vanaf", "verstuurd met", "verzonden met", "verstuurd via",
    "verzonden via", "verzonden van", "outlook voor ios downloaden", "outlook voor android downloaden",
    "download outlook voor", "outlook downloaden", "haal outlook", "wysłane z", "wysłano z", "wysłane za pomocą",
    "pobierz aplikację outlook", "pobierz outlook", "wysłane przez", "uzyskaj outlook", "wysłano za pomocą",
    "skickat från", "skickades från", "skickat med", "hämta outlook", "skickat via", "skaffa outlook", "sendt fra",
    "sendt med", "hent outlook", "sendt via", "skaff outlook", "få outlook", "sendt fra min", "sendt på", "lähetetty",
    "hanki outlook", "lataa outlook", "odesláno z", "odesláno ze", "odesláno pomocí", "posláno z", "získat outlook",
    "získejte outlook", "stáhnout outlook", "odoslané z", "odoslané zo", "küldve", "az iphone", "elküldve",
    "iphone-omról", "outlook letöltése", "az outlook beszerzése", "androidos telefonomról", "отправлено с",
    "отправлено из", "отправлено от", "отправлено через", "отправлено в", "скачать outlook", "получить outlook",
    "отправлено мобильным", "загрузить outlook", "надіслано з", "надіслано із", "відправлено з", "відправлено із",
    "отримати outlook", "надіслано через", "στάλθηκε από", "εστάλη από", "αποστολή από", "απεστάλη από",
    "λήψη του outlook", "στάλθηκε με", "λήψη outlook", "αποκτήστε το outlook", "发自我的", "发自", "發自", "從我的",
    "从我的", "来自我的", "來自我的", "发送自", "傳送自", "获取 outlook", "取得 outlook", "下载 outlook", "从 ",
    "使用 outlook", "나의 ", "내 ", "iphone에서", "갤럭시에서", "삼성", "갤럭시", "samsung galaxy", "outlook for",
    "android용 outlook", "ios용 outlook", "아이폰에서", "네이버 메일", "أُرسلت من", "أرسلت من", "تم الإرسال من",
    "تم الارسال من", "ارسلت من", "أرسل من", "مُرسل من", "مرسل من", "الحصول على outlook", "احصل على outlook",
    "أُرسل من", "נשלח מה", "נשלח מ", "קבל את outlook", "הורד את outlook", "נשלח באמצעות", "đã gửi từ", "được gửi từ",
    "gửi từ", "tải outlook", "tải xuống outlook", "lấy outlook", "nhận outlook", "dikirim dari", "dikirim melalui",
    "dikirim menggunakan", "dapatkan outlook", "terkirim dari", "unduh outlook", "trimis de pe", "trimis din",
    "trimis cu", "trimis de la", "obțineți outlook", "descărcați outlook", "trimis prin", "poslano sa", "poslano s",
    "poslano z", "poslano iz", "изпратено от", "enviat des", "enviado dende", "išsiųsta iš", "saadetud minu",
    "nosūtīts no", "yahoo mail", "ios용", "on the road", "mail app von", "mobile mail", "secured with",
    "sicher versendet mit", "sicher gesendet mit", "sécurisé avec",
    "télécharger bluemail", "téléchargez bluemail", "obtenir bluemail", "download bluemail", "bluemail herunterladen",
    "bluemail für", "descargar bluemail", "obtener bluemail", "scarica bluemail", "baixar bluemail", "obter bluemail",
    "pobierz bluemail", "скачать bluemail", "bluemail voor", "签名由", "簽名由",
)  # fmt: skip
# Nothing but this.
SENT_WHOLE = (
    "yahoo mail: search, organize, conquer", "all new yahoo mail",
    "von unterwegs gesendet", "gesendet von unterwegs", "unterwegs gesendet", "mobil gesendet", "sent on the go",
    "sent while mobile", "sent on the move", "envoyé en déplacement", "inviato da mobile", "sent from mobile",
    "sent via mobile", "verstuurd vanaf mobiel", "enviado desde el móvil", "enviado do celular",
)  # fmt: skip
# Where the device or the program comes first.
SENT_FROM_ENDS = (
    "gesendet", "gesendet.", "iphoneから送信", "から送信", "から送信されました", "から送信しました", "에서 보냄",
    "에서 보냈습니다", "에서 보내는 메일", "에서 전송됨", "で送信", "를 다운로드하세요", "gönderildi", "gönderildi.",
    "gönderilmiştir", "gönderilmiştir.", "küldve", "küldve.", "küldöm", "传送", "傳送", "发送", "發送", "발송",
    "を入手", "を入手する", "geschickt", "geschickt.", "verschickt.", "verzonden", "verstuurd", "versendet.",
    "edinin", "yükleyin", "letöltése", "beszerzése", "downloaden", "다운로드", "보냄", "gesendet mit outlook",
    "送信しました", "送られました", "aracılığıyla gönderildi", "送信されたメール", "定制", "定製", "lähetetty",
    "saadetud",
)  # fmt: skip
# What tells that it is a device or a program and not a person's words ("Sent from the office yesterday").
DEVICES = (
    "messaging program", "horde",
    "iphone", "ipad", "ipod", "android", "galaxy", "samsung", "huawei", "xiaomi", "redmi", "oneplus", "pixel",
    "motorola", "nokia", "lumia", "windows phone", "blackberry", "outlook", "mail", "thunderbird", "k-9", "fairemail",
    "gmail", "gmx", "web.de", "yahoo", "aol", "proton", "bluemail", "spark", "tablet", "smartphone", "phone",
    "mobile", "mobil", "handy", "windows", "ios", "sony", "xperia", "htc", "lg ", "telefon", "téléphone", "teléfono",
    "telefono", "telemóvel", "celular", "móvil", "mobiel", "telefoon", "telefonu", "komórk", "puhelim", "mobilu",
    "телефон", "мобильн", "почт", "пошт", "手机", "手機", "信箱", "邮箱", "電子郵件", "携帯", "スマ", "휴대폰",
    "메일", "스마트폰", "هاتف", "جوال", "آيفون", "הטלפון", "אייפון", "גלקסי", "אנדרואיד", "điện thoại", "ponsel",
    "hp saya", "mac", "tutanota", "tuta", "fastmail", "hey", "superhuman", "newton", "zoho", "posta", "vodafone",
    "t-mobile", "verizon", "at&t", "sprint", "o2", "orange", "sfr", "free", "bouygues", "κινητ", "συσκευή", "iphon",
    "ajfon", "cep telefon", "oppo", "vivo", "realme", "honor", "zte", "fairphone", "courrier", "correo", "correio",
    "e-post", "email", "laptop", "device", "gerät", "appareil", "dispositivo", "apparaat", "brevity", "typos",
    "roundcube", "app", "macbook", "watch", "mailspring", "airmail", "nine", "aquamail", "mutt", "emacs", "gnus",
    "アイフォン", "wp ", "libero", "virgilio", "terra", "uol", "seznam", "onet", "interia", "freemail", "citromail",
    "rambler", "яндекс", "yandex", "naver", "daum", "kakao", "qq", "163", "126",
)  # fmt: skip
# What is had at the stores of telephones.
MAIL_APPS = (
    "outlook", "bluemail", "gmail", "yahoo", "aol", "gmx", "web.de", "spark", "k-9", "fairemail", "tuta", "proton",
    "mail.ru", "mymail", "zoho", "edison", "aqua mail", "nine", "mail",
)  # fmt: skip
# What is the name of one, and no sentence, in SENT_FROM.
NAMES_OF_APPS = ("yahoo mail", "outlook for", "outlook für", "samsung galaxy", "mobile mail", "삼성", "갤럭시")
