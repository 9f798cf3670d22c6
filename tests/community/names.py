"""Names as people have them, in many scripts, and names made to be taken for the brand (Nordwave) or its people."""

REAL = """
Anna Schmidt|Jürgen Müller|Maja Lindqvist|Zoë Kravitz|Łukasz Wójcik|Søren Kierkegaard|Núria Casals
José Ángel Ruiz|François Dupont|Çağla Yılmaz|İbrahim Öztürk|Ştefan Popescu|Đorđe Petrović
Þórunn Jónsdóttir|Æsa Hansen|Øyvind Berg|Ólafur Arnalds|Björk|Håkan Nesser|Renée O'Connor
D'Angelo Russo|Jean-Luc Picard|Mary-Jane Watson|O'Brien|MacLeod|van der Berg|de la Cruz|von Trapp
Ludwig van Beethoven|Vincent van Gogh|Al Gore|El Greco|Le Corbusier|Di Stefano|Дарья Иванова
Сергей Петров|Владимир|Наталья Кузнецова|Олег|Сара|Рома|Вера|Тарас Шевченко|Ірина Коваль|Ђорђе
Αλέξανδρος Παπαδόπουλος|Ελένη|Νίκος|Μαρία Κάλλας|Σοφία|Γιώργος|Արամ Խաչատրյան|Անահիտ|გიორგი|ნინო|תמר
דוד כהן|יעל|محمد علي|فاطمة|أحمد بن سعيد|علی رضا|نور|李小龙|王伟|张丽|山田太郎|さくら|スズキ イチロー
佐藤花子|김민준|이서연|박지성|Nguyễn Văn An|Trần Thị Mai|สมชาย ใจดี|มานี|राहुल शर्मा|प्रिया
অমর্ত্য সেন|தமிழ்செல்வன்|ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ|ગાંધી|తెలుగు రామ|ಕನ್ನಡ|മലയാളം|አበበ በቂላ|ᏣᎳᎩ|ထွန်း|សុខា|ລາວ
ཚེ་རིང|Монгол Бат|Ұлан|Әлия|Аида|Тимур|Ruslan Хан|Ansupport|Helpmann|Teamo|Serviceman|Supportini
Staffan Olsson|Staffan|Stafford|Staf Van Daele|Admiral Nelson|Adminton|Modesty Blaise|Modano
Moder Jansson|Moderow|Officer Jenny|Offermann|Careless Whisper|Carey|Caren|Infanta|Infeld
Helper Klein|Helfer|Helpern|Hilfiger|Hilfer|Dienstag|Dienstbier|Dienst Klaus|Anna Kunde|Kundera
Kundert|Teamer Ali|Agent Smith|Agentina|James Bond 007|Root Beer Fan|Boticelli|Botond|Bottas|Userath
Systemberg|Super Mario|Superina|Nord Petersen|Nordwin|Nordmann|Nordhausen|Nordwall|Wave Rider
Nordwave Fan|Nordwave-Kundin Eva Lang|Waverly Nord|Servicio Gomez Paz|Ayuda Bergmann
Equipo Verde Juan|Oficina Paz|Soporto|Supporo|Sopora|Suppan|Supper Club|Suppé|Moritz Technik
Technikus|Techmann|Guide Michelin|News Junkie Tom|Info Peter|All About Eve|People Watcher Liz
Ask Anna|maja|maja2|max.mustermann|hans_peter|x-ray|lena99|c3po|r2d2|t0m|a1ex|4nna|xX_dragon_Xx
blue.sky|kaffee-tante|router_king|wlan-oma|der.dude|opa-heinz|la_maga|el.nino|los-ramones|the_who
mr.miyagi|dr-house|frau.holle|ilse17|Emil und die Detektive|Hotzenplotz|Hotte|Lineker
Holly Golightly|Polly|Lilli|Jill|Ilil|Bernd Clausen|Arnold Verner|Ad Minnaar|Min Ad|Moe Derator
Sam Port|Ines Officer|Cassandra|Clara Claessen|Vvardenfell|Kornelia Werner
"""
IMITATIONS = """
Nordwave|nordwave|NORDWAVE|Nordwave Support|Nordwave-Support|NordwaveSupport|nordwave_support
nordwave.help|Nordwave Help|Nordwave Helpdesk|Nordwave Help Desk|Nordwave Team|Team Nordwave
The Nordwave Team|Nordwave Service|Nordwave Care|Nordwave Official|Official Nordwave
Nordwave (official)|Real Nordwave|Nordwave Deutschland|Nordwave.com|Nordwave GmbH|N0rdwave Help
N0rdw4ve|Nordvvave|Nordwave Supp0rt|Nordwаve|Nоrdwаvе|Νordwave|Nordwave Ѕupport|Ⓝⓞⓡⓓⓦⓐⓥⓔ
Ｎｏｒｄｗａｖｅ|𝐍𝐨𝐫𝐝𝐰𝐚𝐯𝐞 𝐇𝐞𝐥𝐩|𝓝𝓸𝓻𝓭𝔀𝓪𝓿𝓮|N\u200bordwave|Nord\u00adwave|Nord\u200cwave Help
Nord\u2060wave|N\u0336o\u0336r\u0336d\u0336w\u0336a\u0336v\u0336e|Ňórdwâvé|\u202eevawdroN
\u202etroppuS evawdroN\u202c|N o r d w a v e|N.o.r.d.w.a.v.e|N-O-R-D-W-A-V-E Help|Nord wave
Nord-Wave Team|Nordwavee|Norddwave|Nordwave 24|Nordwave24|Nordwave24h Service|1Nordwave1
Anna (Nordwave Service)|Anna, Nordwave Support|Support|support|Supp0rt|SUPPORT|Suppоrt|5upport
$upport|Suρρort|ꓢꓴꓑꓑꓳꓣꓔ|Ｓｕｐｐｏｒｔ|S.u.p.p.o.r.t|S u p p o r t|Suppport|Suport|Support 24/7
Support-Team|Anna Support|Anna from Support|Supportteam Anna|Support_01|Customer Support
Customer Care|Customer Service Anna|Help Desk|Helpdesk|HeIpdesk|Heⅼpdesk|Help|Help Team
Service Team Lisa|Technical Service|admin|Admin|4dmin|аdmin|@dmin|Adrnin|ad.min|admin1|The Admin
Admin Bob|Administrator|Administratorin|Αdministrator|Moderator|M0derator|moderator1|Moderatorin Eva
Mоderаtor|Staff|Nordwave Staff|5taff|Official|0fficial|Officiаl|Οfficial|Kundendienst|Kundenservice
Kunden-Service|Kunden Service Eva|Mitarbeiter|Mitarbeiterin Eva|Offiziell|Hilfe-Team|Soporte
Soporte Técnico|Sоporte|Equipo de soporte|Oficial|Administrador|Moderadora|Atención al cliente
Atención al cliente Ana|Servicio al cliente|Equipo Nordwave|Ayuda Nordwave|info|root|nobody|All|me2
"""


def real() -> list[str]:
    return [name for name in REAL.replace("\n", "|").split("|") if name]


def imitations() -> list[str]:
    return [name for name in IMITATIONS.replace("\n", "|").split("|") if name]
