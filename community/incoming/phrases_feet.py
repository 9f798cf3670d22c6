"""What stands under mails that nobody typed just now: what scanners say, disclaimers, imprints, feet of lists.

All lower case, in NFC, as they begin. Whoever knows one more adds it here; `feet.py` and `disclaimers.py` say how
they have to stand.
"""

# How scanners begin.
VIRUS = (
    "virus-free", "virus free", "virenfrei", "sans virus", "garanti sans virus", "libre de virus", "privo di virus",
    "livre de vírus", "sem vírus", "virusvrij", "bez wirusów", "nie zawiera wirusów", "wolna od wirusów", "virusfri",
    "viruksettomuus", "virukseton", "neobsahuje žádné viry", "bez virů", "vírusmentes", "mentes a vírus",
    "без вирусов", "вирусов нет", "не містить вірусів", "virüs içermez", "χωρίς ιούς", "无病毒", "無病毒",
    "ウイルス フリー", "ウイルスフリー", "바이러스가 없", "خالٍ من الفيروسات", "ללא וירוסים", "không có virus",
    "không có vi-rút", "bebas virus", "fără viruși", "bez virusa", "this email has been checked for viruses",
    "this e-mail has been checked for viruses", "this message has been scanned", "this email has been scanned",
    "no virus found in this message", "no virus found in this incoming", "no virus found in this outgoing",
    "checked by avg", "scanned by", "diese e-mail wurde von avast",
    "diese e-mail wurde auf viren", "l'absence de virus dans ce courrier",
    "este correo electrónico ha sido comprobado", "el software de antivirus avast",
    "questa e-mail è stata controllata", "questa email è stata esaminata", "este e-mail foi verificado",
    "este email foi escaneado", "deze e-mail is gecontroleerd op virussen", "dit e-mailbericht is gecontroleerd",
    "ta wiadomość e-mail została sprawdzona", "ta wiadomość została sprawdzona",
    "detta e-postmeddelande har sökts igenom", "detta mail har kontrollerats",
    "denne e-mail er blevet kontrolleret for virus", "denne e-mail blev kontrolleret for virusser",
    "tato zpráva byla zkontrolována na viry", "tento e-mail byl zkontrolován", "ezt az e-mailt",
    "это сообщение проверено на вирусы", "это письмо проверено", "данное сообщение проверено", "bu e-posta avast",
    "bu e-posta virüslere", "avast! antivirus", "avast logo", "www.avast.com", "https://www.avast.com",
    "http://www.avast.com", "<https://www.avast.com", "www.avg.com", "http://www.avg.com", "---\nthis email",
    "aquest correu", "este mensaje ha sido analizado", "ce message a été vérifié", "cet e-mail a été vérifié",
    "questo messaggio è stato analizzato", "diese e-mail wurde von avg", "the message was checked by",
)  # fmt: skip
# Who says so.
ANTIVIRUS = (
    "avast", "avg", "avira", "eset", "kaspersky", "norton", "mcafee", "bitdefender", "sophos", "f-secure", "clamav",
    "trendmicro", "gdata", "drweb", "comodo", "malwarebytes", "nod32", "mailscanner", "messagelabs",
)  # fmt: skip

# A paragraph that begins so is a disclaimer, and what follows it too.
DISCLAIMER_STARTS = (
    "confidentiality notice", "confidentiality:", "confidentiality note", "confidentiality statement",
    "legal disclaimer", "disclaimer:", "legal notice:", "privileged and confidential", "important notice:",
    "private and confidential", "e-mail disclaimer", "email disclaimer", "vertraulichkeitshinweis",
    "haftungsausschluss", "rechtlicher hinweis", "hinweis zur vertraulichkeit", "wichtiger hinweis:",
    "avis de confidentialité", "clause de confidentialité", "avertissement :", "avertissement:",
    "mention de confidentialité", "aviso legal", "aviso de confidencialidad", "cláusula de confidencialidad",
    "avviso di riservatezza", "avvertenza:", "nota di riservatezza", "clausola di riservatezza",
    "aviso de confidencialidade", "aviso de privacidade", "vertrouwelijkheid", "klauzula poufności", "zastrzeżenie:",
    "konfidentialitet", "fortrolighed", "luottamuksellisuus", "informace o důvěrnosti", "titoktartási",
    "конфиденциальность:", "уведомление о конфиденциальности", "gizlilik bildirimi", "yasal uyarı",
    "σημείωση εμπιστευτικότητας", "confidentialitate:", "免责声明", "保密声明", "机密", "免責聲明",
    "en cumplimiento del reglamento", "en cumplimiento de lo dispuesto", "en cumplimiento de la ley",
    "de conformidad con lo dispuesto en", "de acuerdo con el reglamento", "ai sensi del regolamento",
    "ai sensi del d.lgs", "ai sensi dell'art. 13", "ai sensi del gdpr", "conformément au rgpd",
    "em conformidade com o rgpd", "please consider the environment", "please think of the environment",
    "think before you print", "think green", "consider the environment", "bitte denken sie an die umwelt",
    "bitte prüfen sie, ob diese", "bitte prüfen sie der umwelt", "denken sie an die umwelt",
    "schonen sie die umwelt", "denk an die umwelt", "pensez à l'environnement", "pensez à la planète",
    "avant d'imprimer", "antes de imprimir", "prima di stampare", "pensa all'ambiente", "rispetta l'ambiente",
    "denk aan het milieu", "denkt u aan het milieu", "bespaar papier", "tänk på miljön", "tænk på miljøet",
    "tenk på miljøet", "pomyśl o środowisku", "zanim wydrukujesz", "ajattele ympäristöä",
    "myslete na životní prostředí", "lütfen çevreyi", "save paper", "pense no meio ambiente",
    "cuide el medio ambiente", "piense en el medio ambiente", "подумайте об окружающей среде", "берегите природу",
)  # fmt: skip
# Of these, what people begin a warning of their own with as well: something has to speak of the message too.
TITLES_OF_MANY_THINGS = (
    "important notice", "disclaimer", "legal notice", "wichtiger hinweis", "haftungsausschluss", "rechtlicher hinweis",
    "avertissement", "aviso legal", "avvertenza", "zastrzeżenie", "yasal uyarı", "免责声明", "免責聲明",
)  # fmt: skip
# What is in each sentence of those about paper.
OF_PRINTING = (
    "print",
    "druck",
    "imprim",
    "impres",
    "stamp",
    "papier",
    "paper",
    "papel",
    "skriv ut",
    "environ",
    "umwelt",
)
# What stands above one, alone in its line.
DISCLAIMER_TITLES = (
    "disclaimer", "confidentiality", "confidentiality notice", "legal notice", "important notice", "notice",
    "haftungsausschluss", "vertraulichkeit", "vertraulichkeitshinweis", "wichtiger hinweis", "rechtlicher hinweis",
    "avertissement", "confidentialité", "avis de confidentialité", "aviso legal", "confidencialidad",
    "aviso de confidencialidad", "avviso di riservatezza", "riservatezza", "avvertenza", "aviso de confidencialidade",
    "confidencialidade", "vertrouwelijkheid", "poufność", "klauzula poufności", "zastrzeżenie", "sekretess",
    "fortrolighed", "konfidentialitet", "luottamuksellisuus", "конфиденциальность", "免责声明", "保密声明",
)  # fmt: skip
# Two of these in one paragraph, of which the first speaks of the message, make it one as well.
OF_THE_MESSAGE = (
    "this e-mail", "this email", "this message", "this communication", "this transmission",
    "the information contained", "the information in this", "the contents of this", "the content of this",
    "information transmitted", "information contained", "this electronic", "any attachments", "this mail",
    "diese e-mail", "diese email", "diese nachricht", "dieser e-mail", "dieser nachricht", "diese mail",
    "der inhalt dieser", "die information in dieser", "die in dieser", "ce message", "cet e-mail", "cet email",
    "ce courriel", "ce mail", "ce courrier", "cette communication", "les informations contenues",
    "le présent message", "este mensaje", "este correo", "este e-mail", "este email", "la información contenida",
    "el contenido de este", "la presente comunicación", "esta comunicación", "questo messaggio", "questa e-mail",
    "questa email", "questa mail", "le informazioni contenute", "il presente messaggio", "la presente e-mail",
    "la presente mail", "il contenuto", "esta mensagem", "esta comunicação", "a informação contida",
    "as informações contidas", "o conteúdo desta", "este correio", "dit bericht", "deze e-mail", "dit e-mailbericht",
    "de informatie", "deze email", "de inhoud van", "ta wiadomość", "niniejsza wiadomość", "treść tej",
    "treść niniejszej", "ten e-mail", "wiadomość ta", "informacje zawarte", "detta meddelande",
    "detta e-postmeddelande", "denna e-post", "detta mail", "detta mejl", "denne e-mail", "denne mail",
    "denne meddelelse", "denne e-posten", "denne meldingen", "denne e-post", "tämä viesti", "tämä sähköposti",
    "tento e-mail", "tato zpráva", "táto správa", "obsah této", "ez az e-mail", "ez az üzenet", "jelen üzenet",
    "jelen e-mail", "это сообщение", "данное сообщение", "это письмо", "настоящее сообщение", "данное письмо",
    "информация, содержащаяся", "це повідомлення", "цей лист", "bu e-posta", "bu mesaj", "bu ileti", "bu elektronik",
    "αυτό το μήνυμα", "το παρόν μήνυμα", "το παρόν ηλεκτρονικό", "本邮件", "本電子郵件", "此邮件", "此郵件", "本郵件",
    "本メール", "このメール", "本電子メール", "본 메일", "이 메일", "본 이메일", "이 이메일", "본 전자우편",
    "هذه الرسالة", "هذا البريد", "الرسالة", "הודעה זו", "דואר אלקטרוני זה", "מסמך זה", "email này", "thư này",
    "thư điện tử này", "pesan ini", "surel ini", "e-mail ini", "acest mesaj", "acest e-mail", "acest email",
    "prezentul mesaj",
)  # fmt: skip
IN_DISCLAIMERS = (
    "named person", "named recipient", "use only", "错收", "误收", "仅限于", "禁止", "删除本邮件", "錯收", "第三者",
    "삭제", "confidential", "intended recipient", "intended solely", "intended only", "intended for the",
    "addressee", "privileged", "unauthorised", "unauthorized", "received this", "in error", "strictly prohibited",
    "notify the sender", "delete it", "disclos", "legally", "vertraulich", "rechtlich geschützt", "bestimmt für",
    "ausschließlich für", "ausschliesslich für", "irrtümlich", "unbefugt", "nicht der richtige", "adressat",
    "empfänger", "vernichten", "confidentiel", "destinataire", "par erreur", "à l'attention exclusive",
    "usage exclusif", "strictement", "confidencial", "destinatario", "por error", "prohibid", "privilegiad",
    "notifíquelo", "exclusivamente", "riservat", "confidenzial", "per errore", "esclusivamente", "vietat",
    "destinatário", "por engano", "proibid", "destina-se", "vertrouwelijk", "geadresseerde", "uitsluitend bestemd",
    "uitsluitend", "niet de beoogde", "is bestemd", "abusievelijk", "ten onrechte", "bestemd voor", "poufn",
    "adresat", "omyłkowo", "przeznaczon", "wyłącznie", "konfidentiel", "mottagare", "avsedd", "fortrolig",
    "modtager", "mottaker", "tiltenkt", "feilaktig", "ved en fejl", "luottamuksel", "vastaanottaj", "tarkoitettu",
    "důvěrn", "adresát", "určen", "omylem", "dôvern", "bizalmas", "címzett", "tévedés", "конфиденциальн", "адресат",
    "ошибочно", "по ошибке", "предназначен", "конфіденційн", "помилково", "призначен", "gizli", "alıcı",
    "yanlışlıkla", "εμπιστευτικ", "παραλήπτη", "εκ παραδρομής", "机密", "保密", "機密", "收件人", "收件者", "受信者",
    "宛先", "誤って", "기밀", "수신인", "수신자", "비밀", "سري", "المرسل إليه", "المستلم", "بطريق الخطأ", "סודי",
    "הנמען", "בטעות", "מיועד", "bảo mật", "người nhận", "nhầm", "rahasia", "penerima", "confidențial",
    "destinatarul", "din greșeală", "registered office", "registered in", "company number", "accepts no liability",
    "no liability", "virus", "geschäftsführer", "does not accept", "opinions expressed", "views expressed",
    "not necessarily represent",
)  # fmt: skip
# Two of these in one paragraph, and it says which company it is.
IMPRINT = (
    "registered office", "registered in england", "registered in scotland", "company number", "company no", "vat no",
    "vat number", "company registration", "geschäftsführer", "geschäftsführung:", "vorstand:", "aufsichtsrat",
    "amtsgericht", "registergericht", "handelsregister", "hrb ", "hra ", "sitz der gesellschaft", "ust-id", "ust.-id",
    "steuernummer", "firmenbuch", "siret", "rcs ", "au capital de", "siège social", "n° tva", "p.iva", "p. iva",
    "partita iva", "cod. fisc", "codice fiscale", "sede legale", "registro mercantil", "domicilio social", "c.i.f.",
    "kvk", "btw-nr", "btw nr", "handelsregisternummer", "nip:", "nip ", "regon", "krs", "sąd rejonowy",
    "kapitał zakładowy", "org.nr", "org. nr", "cvr-nr", "cvr nr", "y-tunnus", "ičo", "огрн", "инн ", "cnpj",
)  # fmt: skip
# What a mail gateway puts above what comes from outside.
BANNERS = (
    "caution: this email originated", "caution: external", "external email:", "external]", "external email]",
    "external sender]", "extern]", "external sender:", "external mail:", "this email originated from outside",
    "warning: this email originated", "this message originated outside", "attention: this email originated",
    "achtung: externe e-mail", "achtung: diese e-mail", "vorsicht: diese e-mail", "diese e-mail kommt von außerhalb",
    "attention : ce message provient", "attention: courriel externe", "precaución: este correo",
    "attenzione: questa e-mail proviene", "let op: deze e-mail", "atenção: este e-mail", "extern e-mail:",
    "you don't often get email from", "sie erhalten nicht häufig e-mails von",
    "sie erhalten nicht oft eine e-mail von", "vous n'obtenez pas souvent d'e-mail", "no suele recibir correos",
    "non si ricevono spesso messaggi",
)  # fmt: skip
# What a banner says in its other lines.
IN_BANNERS = (
    "do not click", "don't click", "click links", "open attachments", "unless you recogni", "verify the sender",
    "know the content is safe", "learn why this is important", "be cautious", "klicken sie", "öffnen sie keine",
    "anhänge", "absender", "seien sie vorsichtig", "ne cliquez", "n'ouvrez pas", "pièces jointes", "l'expéditeur",
    "no haga clic", "no abra", "remitente", "non cliccare", "non aprire", "mittente", "klik niet", "open geen",
    "afzender", "não clique", "remetente", "erfahren sie, warum", "découvrez pourquoi", "aka.ms/learnabout",
)  # fmt: skip

# Feet of lists; whatever is under them is theirs.
LIST_FEET = (
    "you received this message because you are subscribed", "you are receiving this because you",
    "you received this email because", "you are receiving this email because", "to unsubscribe from this group",
    "to unsubscribe, send", "to unsubscribe send", "to unsubscribe from this list", "to unsubscribe from this thread",
    "unsubscribe:", "to unsubscribe:", "to unsubscribe, e-mail", "to post to this group",
    "to view this discussion on the web", "to view this discussion visit", "for more options, visit",
    "for additional commands, e-mail", "to unsubscribe visit", "to change your subscription",
    "manage your subscription", "reply to this email directly or view it", "reply to this email directly, view it",
    "to unsubscribe", "list info:", "mailing list archive", "this message was sent to you because",
    "visit your group", "yahoo! groups links", "change settings via the web",
    "sie erhalten diese nachricht, weil sie", "sie haben diese nachricht erhalten, weil",
    "vous recevez ce message, car vous", "vous recevez ce message parce que", "has recibido este mensaje porque",
    "recibiste este mensaje porque", "hai ricevuto questo messaggio perché", "ricevi questo messaggio perché",
    "você recebeu esta mensagem porque", "recebeu esta mensagem porque", "u ontvangt dit bericht omdat",
    "je hebt dit bericht ontvangen omdat", "otrzymujesz tę wiadomość", "du har fått det här meddelandet eftersom",
    "вы получили это сообщение, поскольку", "вы получили это сообщение, потому что", "このメールは google グループ",
    "您收到此邮件是因为", "este mensaje se envió porque", "um die abmeldung",
    "wenn sie sich von dieser gruppe abmelden", "pour vous désabonner", "se désabonner", "para anular la suscripción",
    "para cancelar tu suscripción", "per annullare l'iscrizione", "para cancelar a inscrição", "zum abmelden",
    "liste abbestellen", "abbestellen:", "--~--~", "-~----------~----~", "groups.io links", "view/reply online",
    "mute this topic", "group owner:", "powered by mailman", "more majordomo info", "._,_._,_", "the full list of",
    "um sich von dieser liste", "um die liste abzubestellen",
)  # fmt: skip
IN_LIST_FEET = (
    "mailing list", "mailman", "listinfo", "unsubscribe", "-users@", "-list@", "mailingliste", "liste de diffusion",
    "lista de correo", "lista de distribuição", "list archives", "lists.", "-devel@", "abmelden", "@list",
)  # fmt: skip

# What a goodbye begins with: it is its author's, but what stands under it is often a card.
GOODBYES = (
    "warmly", "warmest regards", "with kind regards", "with best regards", "kindest regards", "best wishes",
    "thanks!", "many thanks in advance", "thanks in advance", "thanks a lot", "yours sincerely", "sincerely yours",
    "yours faithfully", "yours truly", "respectfully", "parhain terveisin", "ystävällisesti", "kiitos etukäteen",
    "mit besten grüßen", "mit besten grüssen", "freundlicher gruß", "freundlicher gruss", "herzlicher gruß",
    "herzlich", "beste grüsse", "liebe grüsse", "bien amicalement", "très cordialement", "sincèrement",
    "cordiales saludos", "saludos", "un abrazo", "atenciosamente,", "abraço", "um abraço", "cumprimentos,",
    "con i migliori saluti", "cari saluti", "vriendelijke groeten", "hartelijke groeten", "met groet",
    "z pozdrowieniami", "serdecznie pozdrawiam", "bästa hälsningar", "de bästa hälsningar", "bedste hilsner",
    "beste hilsen", "s přátelským pozdravem", "hezký den", "üdvözlet", "с уважением,", "всего доброго",
    "всего хорошего", "saygılar", "iyi günler", "最好的祝福", "此致敬礼", "顺颂商祺", "お世話になっております",
    "宜しくお願いします", "宜しくお願い致します", "안녕히 계세요", "감사합니다.", "regards", "best regards",
    "kind regards", "warm regards", "best", "cheers", "thanks", "thank you", "many thanks", "thx", "sincerely",
    "yours", "all the best", "br", "rgds", "brgds", "ciao", "greetings", "take care", "mit freundlichen grüßen",
    "mit freundlichem gruß", "mit freundlichen grüssen", "freundliche grüße", "viele grüße", "liebe grüße",
    "beste grüße", "schöne grüße", "herzliche grüße", "gruß", "grüße", "mfg", "vg", "lg", "danke", "besten dank",
    "vielen dank", "grüsse", "viele grüsse", "freundliche grüsse", "cordialement", "bien cordialement",
    "bien à vous", "salutations", "merci", "bonne journée", "amicalement", "sincères salutations", "saludos",
    "un saludo", "atentamente", "cordialmente", "gracias", "saludos cordiales", "muchas gracias",
    "un cordial saludo", "cordiali saluti", "distinti saluti", "saluti", "grazie", "un saluto", "atenciosamente",
    "cumprimentos", "abraços", "obrigado", "obrigada", "com os melhores cumprimentos", "att", "att.", "abs",
    "met vriendelijke groet", "met vriendelijke groeten", "vriendelijke groet", "groeten", "groet", "mvg", "bedankt",
    "hartelijke groet", "pozdrawiam", "z poważaniem", "pozdrowienia", "dziękuję", "med vänliga hälsningar",
    "vänliga hälsningar", "hälsningar", "mvh", "tack", "vänligen", "med vänlig hälsning", "med venlig hilsen",
    "venlig hilsen", "hilsen", "mange hilsner", "vh", "med vennlig hilsen", "vennlig hilsen", "takk", "tak",
    "ystävällisin terveisin", "terveisin", "t.", "yst. terv.", "terveiset", "kiitos", "s pozdravem", "s pozdravom",
    "děkuji", "zdraví", "üdvözlettel", "tisztelettel", "köszönöm", "üdv", "с уважением", "с наилучшими пожеланиями",
    "спасибо", "з повагою", "дякую", "saygılarımla", "iyi çalışmalar", "selamlar", "teşekkürler", "με εκτίμηση",
    "φιλικά", "ευχαριστώ", "よろしくお願いします", "よろしくお願いいたします", "敬具", "以上", "此致", "谢谢",
    "祝好", "謝謝", "감사합니다", "مع التحية", "شكرا", "تحياتي", "בברכה", "תודה", "trân trọng", "cảm ơn", "salam",
    "terima kasih", "hormat saya", "cu stimă", "cu respect", "mulțumesc", "toate cele bune", "numa bine",
)  # fmt: skip
