"""The words mail programs put before what they quote, language by language: whoever knows one more adds it here.

All are lower case, in NFC. `attributions.py` and `header_blocks.py` say how they have to stand to count.
"""

# "... wrote:", where the words have blanks between them.
VERBS = (
    ("en", "wrote", "writes", "has written", "wrote the following", "said", "said the following", "quoth"),
    ("de", "schrieb", "schreibt", "hat geschrieben", "geschrieben", "schrieben", "schrieb folgendes"),
    ("fr", "a écrit", "a ecrit", "écrit", "écrivait", "écrivit", "a écrit ceci", "a écrit ce qui suit", "a envoyé"),
    ("fr", "a dit", "nous a dit"),
    ("es", "escribió", "escribio", "ha escrito", "escribe", "escribió lo siguiente"),
    ("it", "ha scritto", "scrive", "ha scritto quanto segue", "scrisse"),
    ("pt", "escreveu", "escreve", "escreveu isto", "escreveu o seguinte"),
    ("nl", "schreef", "schrijft", "heeft geschreven", "het volgende geschreven", "schreef het volgende"),
    ("pl", "napisał", "napisała", "napisał(a)", "napisał/a", "pisze", "napisali", "napisano"),
    ("sv", "skrev", "skrev följande", "skriver"),
    ("da no", "skrev følgende", "har skrevet", "skreiv"),
    ("fi", "kirjoitti", "kirjoitti seuraavaa", "kirjoittaa"),
    ("et", "kirjutas"),
    ("cs", "napsal", "napsala", "napsal(a)", "napsal/a", "píše", "napsal/la"),
    ("sk", "napísal", "napísala", "napísal(a)", "napísal/a"),
    ("hu", "írta", "ezt írta", "a következőt írta", "írt", "a következőket írta"),
    ("ru", "написал", "написала", "написал(а)", "написал/а", "пишет", "писал", "писал(а)", "писала", "писали"),
    ("uk", "написав", "написала", "написав(ла)", "написав/ла", "пише", "писав", "написав(-ла)"),
    ("bg", "написа", "пише следното"),
    ("tr", "yazdı", "şunu yazdı", "şunları yazdı", "yazmış", "yazıyor"),
    ("el", "έγραψε", "γράφει", "έγραψαν"),
    ("ar", "كتب", "كتبت", "كتب/ت", "كتب ما يلي", "تمت كتابة ما يلي بواسطة"),
    ("he", "כתב", "כתבה", "כתב/ה", "כתב/כתבה", "כתב(ה)", "כתב‎", "מאת"),
    ("fa", "نوشت", "نوشته"),
    ("vi", "đã viết", "viết", "đã ghi"),
    ("id ms", "menulis", "menuliskan", "tulis", "telah menulis"),
    ("ro", "a scris", "scrie", "a scris următoarele", "scris"),
    (
        "hr sr sl",
        "napisao",
        "napisao je",
        "je napisao",
        "piše",
        "je napisal",
        "je napisala",
        "napisao/la",
        "napisao(la)",
    ),
    ("sr", "је написао", "је написала", "написао је", "пише"),
    ("lt lv", "rašė", "parašė", "rakstīja"),
    ("ca gl eu", "va escriure", "ha escrit", "escribiu", "idatzi du", "igorleak idatzi zuen"),
    ("is", "skrifaði"),
    ("hi", "ने लिखा", "लिखा"),
)
# Of these only where marks or an address show that a program says so.
WEAK_VERBS = ("said", "said the following", "a dit")
# The same in scripts that need none: they stand at the end, whatever is before them.
JOINED_VERBS = (
    "写道", "寫道", "写到", "寫到", "书写", "撰寫", "編寫", "编写", "のメール", "が書きました", "は書きました",
    "のメッセージ", "さんは書きました", "さんの発言", "書いた", "님이 작성", "작성", "이(가) 작성", "님이 씀",
    "썼습니다", "님이 쓰신 글", "เขียนว่า", "เขียน",
)  # fmt: skip
# What stands first: "On Monday ...". Longer ones win.
OPENERS = (
    "on", "at", "am", "um", "vom", "le", "el", "el día", "el dia", "il", "il giorno", "in data", "em", "a", "no dia",
    "na data de", "op", "op datum", "w dniu", "dnia", "den", "på", "d.", "dne", "dňa", "στις", "την", "la data de",
    "la", "în data de", "în", "in", "pe", "pada", "pada tanggal", "tanggal", "vào", "vào lúc", "vào ngày", "ngày",
    "lúc", "في", "بتاريخ", "في تاريخ", "يوم", "בתאריך", "ב", "ב-", "ביום", "在", "於", "于", "dana", "u", "v", "на",
    "vn", "dia", "az", "lähettäjä", "em dia", "op di", "da", "ons", "ve", "fe", "el dl.", "στις:", "em:", "le:",
    "on:", "dne:", "в", "от", "tarihinde", "kun", "wann", "с", "за", "dalam", "ti", "ke",
)  # fmt: skip
# "Quoting Anna <...>:" has no verb.
QUOTING = (
    "quoting", "quote from", "zitat von", "zitiere", "citando", "citando a", "citation de", "en réponse à",
    "citazione di", "citazione", "cytowanie", "wiadomość napisana przez", "cytując", "cytat", "citerar", "citerer",
    "citat fra", "citát", "citace", "citeren van", "citaat van", "lainaus", "lainaten", "excerpts from",
    "in reply to", "as excerpted", "цитирую", "цитирование", "引用", "idézet", "alıntılanan",
)  # fmt: skip
# "... user hallkeeper wrote:" is what a program says.
USERS = (
    "użytkownik", "пользователь", "користувач", "uživatel", "používateľ", "užívateľ", "korisnik", "корисник",
    "потребителят", "utilizatorul", "kullanıcı",
)  # fmt: skip
# Who tells of himself, or of a thing, and quotes nobody's mail: "On 5 May the server wrote:".
STORY = (
    "i", "ich", "je", "j'ai", "yo", "io", "eu", "ik", "ja", "jag", "jeg", "minä", "já", "én", "я", "ben", "εγώ", "我",
    "私", "나", "أنا", "אני", "tôi", "saya", "we", "wir", "nous", "wij", "my", "we've", "mi", "mir", "he", "she",
    "it", "they", "he's", "er", "sie", "es", "il", "elle", "on", "él", "ella", "lui", "lei", "ele", "ela", "hij",
    "zij", "han", "hun", "hän", "ona", "он", "она", "the", "a", "an", "our", "your", "this", "that", "these", "some",
    "his", "her", "der", "die", "das", "ein", "eine", "mein", "meine", "unser", "unsere", "dieser", "diese", "le",
    "la", "les", "un", "une", "mon", "ma", "notre", "ce", "cette", "el", "los", "las", "una", "nuestro", "este",
    "esta", "lo", "gli", "uno", "mio", "mia", "nostro", "questo", "questa", "o", "os", "as", "um", "uma", "meu",
    "minha", "nosso", "het", "de", "een", "mijn", "ons", "deze", "dit", "ten", "ta", "nasz", "min", "mitt", "vår",
    "det", "who", "what", "which", "support", "wer", "was", "qui", "que", "quien", "quem", "chi", "cosa", "kto", "co",
    "who've", "also", "someone", "somebody", "jemand", "quelqu'un", "alguien",
)  # fmt: skip
# Small words that names and dates are made of, where everything else is written large.
IN_NAMES = (
    "von", "van", "de", "der", "den", "di", "da", "du", "la", "le", "el", "al", "bin", "ibn", "via", "und", "and",
    "y", "e", "i", "of", "dos", "das", "do", "del", "della", "zu", "zum", "zur", "vom", "af", "av", "ten", "ter",
    "'t", "am", "um", "on", "at", "kl", "kl.", "klo", "à", "às", "a", "alle", "las", "ore", "ora", "o", "ob", "ve",
    "om", "kello", "tarihinde", "hat", "heeft", "d.", "p.", "r.", "r", "г", "г.", "р.", "в", "о", "в.", "u", "h",
    "uhr", "pm", "a.m.", "p.m.", "am.", "pm.", "a.m", "p.m", "utc", "gmt", "cet", "cest", "est", "edt", "pst", "pdt",
    "+", "-", "–", "—", "/", "|", "&",
)  # fmt: skip

MONTHS_AND_DAYS = (
    "mon", "tue", "wed", "thu", "fri", "sat", "sun", "monday", "tuesday", "wednesday", "thursday", "friday",
    "saturday", "sunday", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
    "january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december",
    "mo", "di", "mi", "do", "fr", "sa", "so", "mo.", "di.", "mi.", "do.", "fr.", "sa.", "so.", "montag", "dienstag",
    "mittwoch", "donnerstag", "freitag", "samstag", "sonntag", "januar", "februar", "märz", "mai", "juni", "juli",
    "oktober", "dezember", "lun", "mer", "jeu", "ven", "sam", "dim", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam.",
    "dim.", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "mié", "jue", "vie", "sáb",
    "dom", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo", "gio", "lunedì", "martedì",
    "mercoledì", "giovedì", "venerdì", "sabato", "domenica", "seg", "ter", "qua", "qui", "sex", "seg.", "ter.",
    "qua.", "qui.", "sex.", "sáb.", "dom.", "ma", "wo", "za", "zo", "pon", "wt", "śr", "czw", "pt", "sob", "niedz",
    "pon.", "wt.", "czw.", "pt.", "sob.", "niedz.", "mån", "tis", "ons", "tor", "fre", "lör", "sön", "man", "tir",
    "lør", "søn", "man.", "tir.", "ons.", "tor.", "fre.", "lør.", "søn.", "ke", "to", "pe", "la", "su", "po", "út",
    "st", "čt", "pá", "ne", "po.", "út.", "čt.", "pá.", "пн", "вт", "ср", "чт", "пт", "сб", "вс", "нд", "понедельник",
    "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье", "понеділок", "вівторок", "середа", "четвер",
    "п'ятниця", "субота", "неділя",
)  # fmt: skip

# ---- header blocks: what each line is called, by what it says
LABELS = {
    "from": (
        "from|von|de|da|van|od|från|fra|afsender|avsender|avsändare|lähettäjä|saatja|odesílatel|odosielateľ|feladó|"
        "от|от кого|від|від кого|kimden|gönderen|από|差出人|送信者|发件人|發件人|寄件者|寄件人|发信人|보낸사람|"
        "보낸 사람|보낸이|من|المرسل|مأخوذ من|מאת|từ|người gửi|dari|pengirim|expéditeur|mittente|remitente|remetente|"
        "afzender|nadawca|expeditor|de la|pošiljatelj|šalje|nuo|no|göndərən|absender|送信元|sender|od koho"
    ),
    "date": (
        "sent|date|gesendet|datum|envoyé|envoyé le|envoyée|date d'envoi|enviado|enviado el|enviado em|enviada|"
        "enviada em|fecha|fecha de envío|data|data e ora|data de envio|inviato|inviato il|verzonden|verzonden op|"
        "wysłano|wysłane|data wysłania|skickat|skickat den|sendt|dato|lähetetty|päivämäärä|pvm|odesláno|odeslané|"
        "datum a čas|dátum|odoslané|elküldve|küldve|отправлено|дата|дата отправления|дата и время|надіслано|"
        "gönderildi|gönderme tarihi|tarih|στάλθηκε|εστάλη|ημερομηνία|送信日時|送信日|送信|日付|日時|发送时间|"
        "发送日期|发送|日期|时间|時間|寄件日期|傳送日期|傳送時間|寄件時間|보낸 날짜|보낸날짜|보낸 시간|보낸시간|날짜|"
        "발송일|일시|تم الإرسال|تاريخ الإرسال|التاريخ|أرسلت|نُشر|נשלח|תאריך|đã gửi|gửi|ngày gửi|ngày|dikirim|"
        "terkirim|tanggal|trimis|data trimiterii|poslano|datum i vrijeme|sent at|sent on|gesendet am|date sent|"
        "date and time|erstellt|datum/zeit|quand|wann"
    ),
    "to": (
        "to|an|à|a|para|per|aan|do|till|til|vastaanottaja|komu|címzett|кому|kime|alıcı|προς|宛先|收件人|收件者|"
        "收信人|받는사람|받는 사람|받는이|إلى|אל|tới|đến|người nhận|kepada|untuk|către|catre|destinataire|"
        "destinataires|destinatario|destinatari|destinatário|ontvanger|adresat|mottagare|modtager|mottaker|saaja|"
        "příjemce|prijímateľ|prima|za|empfänger|pour|destinatar|sent to|للمستلم|la"
    ),
    "cc": (
        "cc|kopie|copie|copia|copie à|cópia|kopia|kopi|kopio|másolat|копия|копія|bilgi|κοιν|κοινοποίηση|抄送|副本|"
        "참조|숨은참조|숨은 참조|نسخة|نسخة إلى|העתק|עותק|đồng kính gửi|tembusan|bcc|cci|cco|ccn|dw|udw|kt|kk|sl|"
        "skrytá kopie|kopija|複写|copia a|cc/cci|копии"
    ),
    "subject": (
        "subject|betreff|betr|betr.|objet|sujet|asunto|oggetto|assunto|onderwerp|temat|ämne|emne|aihe|předmět|"
        "predmet|tárgy|тема|konu|θέμα|件名|主题|主題|主旨|标题|標題|제목|الموضوع|موضوع|נושא|chủ đề|tiêu đề|perihal|"
        "subjek|subyek|judul|subiect|naslov|zadeva|teema|tema|titolo|título|topic|assumpte|ogg|ogg.|thema"
    ),
    "other": (
        "importance|wichtigkeit|priorité|importancia|priorità|prioridade|prioriteit|reply-to|reply to|antwort an|"
        "répondre à|responder a|attachments|attachment|anlagen|anlage|anhänge|pièces jointes|datos adjuntos|"
        "archivos adjuntos|allegati|anexos|bijlagen|załączniki|priority|sensitivity|organization|categories|"
        "kategorien|添付ファイル|附件|첨부파일|важность|вложения|on behalf of|vertraulichkeit|mailing list|"
        "flag status|received|bilagor|vedhæftede filer|vedlegg|liitteet|přílohy|ekler|συνημμένα|المرفقات|"
        "קבצים מצורפים"
    ),
}

# ---- the line above a header block, or above a quote: "-----Original Message-----"
ORIGINAL = (
    "original message", "original-nachricht", "originalnachricht", "ursprüngliche nachricht", "original nachricht",
    "ursprungliche nachricht", "message d'origine", "message original", "message initial", "mail original",
    "email original", "e-mail original", "e-mail d'origine", "courrier original", "message transféré",
    "courriel original", "mensaje original", "mensaje reenviado", "correo original", "messaggio originale",
    "messaggio inoltrato", "messaggio d'origine", "mensagem original", "mensagem encaminhada",
    "oorspronkelijk bericht", "origineel bericht", "doorgestuurd bericht", "oorspronkelijke bericht",
    "wiadomość oryginalna", "oryginalna wiadomość", "wiadomość przekazana", "treść oryginalnej wiadomości",
    "przekazana wiadomość", "ursprungligt meddelande", "originalmeddelande", "vidarebefordrat meddelande",
    "ursprungligt mail", "oprindelig meddelelse", "oprindelig besked", "original besked", "videresendt meddelelse",
    "videresendt besked", "opprinnelig melding", "original melding", "videresendt melding", "original meddelelse",
    "alkuperäinen viesti", "välitetty viesti", "edelleenlähetetty viesti", "původní zpráva", "původní e-mail",
    "přeposlaná zpráva", "pôvodná správa", "preposlaná správa", "eredeti üzenet", "továbbított üzenet",
    "исходное сообщение", "оригинальное сообщение", "пересылаемое сообщение", "пересланное сообщение",
    "первоначальное сообщение", "перенаправленное сообщение", "конец пересылаемого сообщения",
    "оригінальне повідомлення", "вихідне повідомлення", "переслане повідомлення", "початкове повідомлення",
    "orijinal mesaj", "özgün ileti", "orijinal ileti", "iletilen mesaj", "yönlendirilen ileti", "asıl ileti",
    "αρχικό μήνυμα", "προωθημένο μήνυμα", "προωθούμενο μήνυμα", "元のメッセージ", "転送メッセージ",
    "転送されたメッセージ", "原始邮件", "转发的邮件", "转发邮件", "原邮件", "转发的消息", "原始郵件", "轉寄的郵件",
    "原始訊息", "轉寄郵件", "转发信息", "回复的原邮件", "回复的邮件", "original mail", "원본 메시지", "원본 메일",
    "전달된 메시지", "원본메일", "원본 이메일", "الرسالة الأصلية", "الرسالة الاصلية", "رسالة أصلية",
    "رسالة معاد توجيهها", "رسالة محولة", "الرسالة المعاد توجيهها", "הודעה מקורית", "ההודעה המקורית", "הודעה שהועברה",
    "thư gốc", "tin nhắn gốc", "tin nhắn ban đầu", "thư đã chuyển tiếp", "tin nhắn được chuyển tiếp", "email gốc",
    "pesan asli", "pesan terusan", "pesan yang diteruskan", "mesaj original", "mesajul original",
    "mesaj redirecționat", "mesaj inițial", "mesaj transmis mai departe", "forwarded message",
    "weitergeleitete nachricht", "forwarded by", "begin forwarded message", "anfang der weitergeleiteten nachricht",
    "anfang der weitergeleiteten e-mail", "weitergeleitete mail", "début du message réexpédié",
    "début du message transféré", "inicio del mensaje reenviado", "inizio messaggio inoltrato",
    "início da mensagem reencaminhada", "início da mensagem encaminhada", "begin doorgestuurd bericht",
    "rozpoczęcie przekazywanej wiadomości", "vidarebefordrat brev", "start på videresendt besked",
    "videresendt e-post", "orig. message", "weitergeleitet von", "reply message", "message transmis",
    "izvorna poruka", "originalna poruka", "izvirno sporočilo", "proslijeđena poruka", "оригинално съобщение",
    "препратено съобщение", "missatge original", "original e-mail", "original email", "ursprüngliche mail",
    "originalmail", "ursprüngliche e-mail", "転送された電子メール", "下面是被转发的邮件", "antwort-nachricht",
    "antwort nachricht", "antwortnachricht", "weitergeleitete e-mail", "начало переадресованного сообщения",
    "переадресоване повідомлення", "vidarebefordrat meddelande börjar", "original appointment",
    "ursprünglicher termin", "välitetty viesti alkaa", "πρωτότυπο μήνυμα", "originálna správa", "originální zpráva",
    "originele bericht", "origineel e-mailbericht",
)  # fmt: skip
# Only with dashes beside them: they are words people write too.
REPLY_ABOVE = (
    "reply above this line", "type your reply above", "antworten sie oberhalb dieser zeile",
    "répondez au-dessus de cette ligne", "write above this line", "responda por encima de esta línea",
    "reply above the line", "oberhalb dieser linie antworten", "oberhalb dieser zeile antworten",
    "antworten sie über dieser linie", "répondre au-dessus de cette ligne", "responder por encima de esta línea",
    "rispondi sopra questa riga", "responda acima desta linha", "antwoord boven deze lijn", "boven deze regel",
)  # fmt: skip
