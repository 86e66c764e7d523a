"""Refuses answers that would not work, all of them at once, before anything is written.

cookiecutter renders this file and runs it alone, with the Python that runs cookiecutter: standard library only. The
lists that it carries are at the end; the reserved names stand in cookiecutter.json, which needs them for a default.
`python tests/template/carried_lists.py` brings all of them up to date.
"""

import ipaddress
import json
import re
import sys
import unicodedata
from urllib.parse import urlsplit

ANSWERS = json.loads(r"""{{ cookiecutter | tojson }}""")  # JSON never holds three quotes in a row

OLDEST_PYTHON = (3, 10)
LONGEST_TEXT = 200
LONGEST_SLUG = 40
# Invisible, but part of how some languages and emoji are written: joiners, marks of direction, the tags of flags.
WRITING_AIDS = {*"\u200c\u200d\u200e\u200f", *map(chr, range(0xE0020, 0xE0080))}


class AnswerError(Exception):
    """Why an answer cannot be used: what is allowed, and what to do."""


# Every answer that is text


def check_characters(text):
    """Refuse what has no shape: control characters, line ends, and code points that stand for nothing."""
    for character in text:
        shapeless = unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
        number = ord(character)
        never_a_character = number & 0xFFFE == 0xFFFE or 0xFDD0 <= number <= 0xFDEF
        if (shapeless or never_a_character) and character not in WRITING_AIDS:
            raise AnswerError("printable characters of any script, on one line", f"leave out U+{number:04X}")


def check_braces(text):
    """Refuse the marks of a template: update tools would render the answer again."""
    for mark in ("{" + "{", "{" + "%", "{" + "#"):  # each in two pieces, because this file is a template too
        if mark in text:
            raise AnswerError(
                f"text without {mark}, which begins a placeholder of templates", f"put a space inside {mark}"
            )


# Names, and what is made of them


def check_description(text):
    if len(text) > LONGEST_TEXT:
        raise AnswerError(f"at most {LONGEST_TEXT} characters", f"make it shorter by {len(text) - LONGEST_TEXT}")


def check_name(text):
    if not text.strip():
        raise AnswerError(f"a name of 1 to {LONGEST_TEXT} printable characters", "write one")
    check_description(text)


def check_slug(text):
    if not re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", text) or len(text) > LONGEST_SLUG:
        plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).lstrip("-0123456789")[:LONGEST_SLUG].rstrip("-") or "portal"
        raise AnswerError(
            f"lower-case letters a to z, digits and -; a letter first, no - last; at most {LONGEST_SLUG} characters",
            f"take another, such as {f'portal-{plain}' if taken_by(plain) else plain}",
        )
    if kind := taken_by(text):
        raise AnswerError(f"a name that is not taken, as {text} is by {kind}", f"take another, such as portal-{text}")


def taken_by(slug):
    """The kind of thing that has the name already, or None."""
    for kind, lines in ANSWERS["_reserved_names"].items():
        if slug in " ".join(lines).split():
            return kind
    return None


# Domains and addresses


def check_domain(text):
    """Return the domain as servers write it, in ASCII; refuse what is no host name."""
    allowed = "a host name such as portal.example.edu, in any script: no scheme, port, path or wildcard"
    host = re.sub(r"^[a-z+.-]+://", "", text, flags=re.IGNORECASE)
    host = re.sub(r"[/?#].*$", "", host).rpartition("@")[2]
    host = re.sub(r"^\*\.|:\d*$|\.$", "", host)
    try:
        labels = [ascii_label(label) for label in host.split(".")]
        if re.fullmatch(r"\d+", labels[-1]):
            raise ValueError("write a name, not a number: the last part needs a letter")
        if len(".".join(labels)) > 253:
            raise ValueError("make it shorter: at most 253 characters, counted as servers write it, in punycode")
    except ValueError as error:
        raise AnswerError(allowed, str(error)) from None
    if host != text:
        raise AnswerError(allowed, f"write {host}")
    return ".".join(labels)


def ascii_label(label):
    """One part of a domain, in ASCII. By the rules of IDNA 2008: encodings.idna is of 2003, and makes ß into ss."""
    if not label:
        raise ValueError("write something before, between and after the dots")
    label = unicodedata.normalize("NFC", label).lower()
    for character in label:
        is_letter_or_digit = unicodedata.category(character) in {"Ll", "Lo", "Lm", "Mn", "Mc", "Nd"}
        stands_for_itself = unicodedata.normalize("NFKC", character).casefold() == character or character in "ßς"
        if character != "-" and not (is_letter_or_digit and stands_for_itself):
            raise ValueError(f"leave out {shown(character)}: letters, digits and - are allowed")
    if label[0] == "-" or label[-1] == "-":
        raise ValueError(f"leave out the - at the beginning or end of {label}")
    if label.startswith("xn--"):
        return check_punycode(label)
    if label[2:4] == "--" or unicodedata.category(label[0]).startswith("M"):
        raise ValueError(f"begin {label} otherwise: no -- after two characters, and no mark without its letter")
    directions = [unicodedata.bidirectional(character) for character in label]
    if not {"R", "AL", "AN"}.isdisjoint(directions) and ("L" in directions or directions[0] not in {"R", "AL"}):
        raise ValueError(f"begin {label} with a letter, and keep letters that run leftwards and rightwards apart")
    ascii_form = label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")
    if len(ascii_form) > 63:
        raise ValueError("make each part at most 63 characters long, counted as servers write it, in punycode")
    return ascii_form


def check_punycode(label):
    try:
        readable = label[len("xn--") :].encode("ascii").decode("punycode")
        if not readable.isascii() and ascii_label(readable) == label:
            return label
    except ValueError:
        pass
    raise ValueError(f"write {label} in its own letters: this is no punycode of any")


def check_email(text):
    allowed = "an e-mail address such as maintainers@example.edu"
    local_part, at, host = text.rpartition("@")
    atom = r"[A-Za-z0-9!#%&'*+/=?^_|~-]+"  # the $, ` and braces that it could hold mean something to readers of .env
    if not at or not re.fullmatch(rf"{atom}(\.{atom})*", local_part) or len(local_part) > 64 or len(text) > 254:
        between = re.search(r"<([^<>\s]+@[^<>\s]+)>", text)
        raise AnswerError(
            allowed, f"write {between[1]}" if between else "write the address alone: something, @, a domain"
        )
    try:
        check_domain(host)
    except AnswerError as error:
        raise AnswerError(allowed, f"after the @: {error.args[1]}") from None


def check_web_address(text):
    allowed = "an address that begins with https:// or http://, such as https://www.example.edu"
    if re.search(r"[\s\"'<>\\^`{|}]", text):
        raise AnswerError(
            allowed, "write spaces, quotes, brackets and backslashes as % and two digits, or leave them out"
        )
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise AnswerError(allowed, "correct what stands between :// and the next /") from None
    if parts.scheme not in {"http", "https"}:
        raise AnswerError(allowed, "begin it with https://")
    if not host or parts.username is not None or port == 0:
        raise AnswerError(allowed, "write a host after ://, without a user's name")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        try:
            check_domain(host)
        except AnswerError as error:
            raise AnswerError(allowed, f"after ://: {error.args[1]}") from None


def check_networks(text):
    items = [item.strip(" ") for item in text.split(",")]
    meant = [network_meant(item) for item in items]
    if meant == items:
        return
    good = ", ".join(network for network in meant if network)
    meaningless = ", ".join(item for item in items if item and not network_meant(item))
    advice = [f"write {good}"] if good else ["name at least one network"]
    if meaningless:
        advice.append(f"these are no networks: {meaningless}")
    raise AnswerError(
        "networks in CIDR notation, IPv4 or IPv6, between commas, such as 10.0.0.0/8, 2001:db8::/32", "; ".join(advice)
    )


def network_meant(item):
    """The item as it stands when it is a network, the network around it when it is near one, otherwise None."""
    if "%" in item:
        return None
    try:
        network = ipaddress.ip_network(item, strict=False)
    except ValueError:
        return None
    address, _, length = item.partition("/")
    exact = re.fullmatch(r"0|[1-9][0-9]*", length) and ipaddress.ip_address(address) == network.network_address
    return item if exact else str(network)


# Choices from long lists


def check_language(text):
    check_listed(
        text, LANGUAGES.split(), "the code of a language that Django is translated to, such as en, hi or pt-br"
    )


def check_time_zone(text):
    check_listed(text, TIME_ZONES.split(), "a time zone of the IANA database, such as UTC or Asia/Kolkata")


def check_listed(text, values, allowed):
    if text in values:
        return
    from difflib import get_close_matches  # here, because most runs do without it

    by_lower_case = {value.lower(): value for value in values}
    close = get_close_matches(text.lower().replace(" ", "_"), by_lower_case, n=1)
    raise AnswerError(allowed, f"write {by_lower_case[close[0]]}, if that is meant" if close else "choose one of those")


# All of it


def problems():
    """Yield (prompt, answer, allowed, do) for each answer that cannot be used."""
    refused = set()
    for prompt, check in CHECKS.items():
        answer = ANSWERS[prompt]
        source, default = DERIVED.get(prompt, (None, None))
        if source in refused and answer == default:
            continue  # whoever corrects what it was made from corrects it too
        try:
            check_characters(answer)
            check_braces(answer)
            check(answer)
            if prompt == "intranet_domain":
                check_difference(answer, ANSWERS["internet_domain"])
        except AnswerError as error:
            refused.add(prompt)
            yield (prompt, answer, *error.args)


def check_difference(intranet_domain, internet_domain):
    try:
        same = check_domain(intranet_domain) == check_domain(internet_domain)
    except AnswerError:
        return  # reported already
    if same:
        raise AnswerError(
            "another domain than the internet site's", f"take another, such as intranet.{internet_domain}"
        )


def report(found):
    count = "One answer" if len(found) == 1 else f"{len(found)} answers"
    paragraphs = [f"{count} cannot be used, and nothing has been written."]
    for prompt, answer, allowed, do in found:
        paragraphs.append(f"{prompt}\n  found    {shown(answer)}\n  allowed  {allowed}\n  do       {do}")
    return "\n" + "\n\n".join(paragraphs) + "\n"


def shown(text):
    """The text between quotes; in ASCII when something in it would not show, or would spoil what stands around it."""
    return json.dumps(text, ensure_ascii=not text.isprintable())


CHECKS = {
    "project_name": check_name,
    "project_slug": check_slug,
    "description": check_description,
    "institute_name": check_name,
    "institute_url": check_web_address,
    "maintainers_name": check_name,
    "maintainers_email": check_email,
    "internet_domain": check_domain,
    "intranet_domain": check_domain,
    "intranet_networks": check_networks,
    "language_code": check_language,
    "time_zone": check_time_zone,
}

# Defaults of cookiecutter.json that are made from another answer.
DERIVED = {
    "maintainers_name": ("project_name", f"{ANSWERS['project_name'][:180]} maintainers"),
    "internet_domain": ("project_slug", f"{ANSWERS['project_slug']}.localhost"),
    "intranet_domain": ("project_slug", f"intranet.{ANSWERS['project_slug']}.localhost"),
}

# Carried, because a hook has neither Django nor, everywhere, a database of time zones.
LANGUAGES = """
af ar ar-dz ast az be bg bn br bs ca ckb cs cy da de dsb el en en-au en-gb eo es es-ar es-co es-mx es-ni es-ve et eu fa
fi fr fy ga gd gl he hi hr hsb ht hu hy ia id ig io is it ja ka kab kk km kn ko ky lb lt lv mk ml mn mr ms my nb ne nl
nn os pa pl pt pt-br ro ru sk sl sq sr sr-latn sv sw ta te tg th tk tr tt udm ug uk ur uz vi zh-hans zh-hant
"""

TIME_ZONES = """
Africa/Abidjan Africa/Accra Africa/Addis_Ababa Africa/Algiers Africa/Asmara Africa/Asmera Africa/Bamako Africa/Bangui
Africa/Banjul Africa/Bissau Africa/Blantyre Africa/Brazzaville Africa/Bujumbura Africa/Cairo Africa/Casablanca
Africa/Ceuta Africa/Conakry Africa/Dakar Africa/Dar_es_Salaam Africa/Djibouti Africa/Douala Africa/El_Aaiun
Africa/Freetown Africa/Gaborone Africa/Harare Africa/Johannesburg Africa/Juba Africa/Kampala Africa/Khartoum
Africa/Kigali Africa/Kinshasa Africa/Lagos Africa/Libreville Africa/Lome Africa/Luanda Africa/Lubumbashi Africa/Lusaka
Africa/Malabo Africa/Maputo Africa/Maseru Africa/Mbabane Africa/Mogadishu Africa/Monrovia Africa/Nairobi Africa/Ndjamena
Africa/Niamey Africa/Nouakchott Africa/Ouagadougou Africa/Porto-Novo Africa/Sao_Tome Africa/Timbuktu Africa/Tripoli
Africa/Tunis Africa/Windhoek America/Adak America/Anchorage America/Anguilla America/Antigua America/Araguaina
America/Argentina/Buenos_Aires America/Argentina/Catamarca America/Argentina/ComodRivadavia America/Argentina/Cordoba
America/Argentina/Jujuy America/Argentina/La_Rioja America/Argentina/Mendoza America/Argentina/Rio_Gallegos
America/Argentina/Salta America/Argentina/San_Juan America/Argentina/San_Luis America/Argentina/Tucuman
America/Argentina/Ushuaia America/Aruba America/Asuncion America/Atikokan America/Atka America/Bahia
America/Bahia_Banderas America/Barbados America/Belem America/Belize America/Blanc-Sablon America/Boa_Vista
America/Bogota America/Boise America/Buenos_Aires America/Cambridge_Bay America/Campo_Grande America/Cancun
America/Caracas America/Catamarca America/Cayenne America/Cayman America/Chicago America/Chihuahua America/Ciudad_Juarez
America/Coral_Harbour America/Cordoba America/Costa_Rica America/Coyhaique America/Creston America/Cuiaba
America/Curacao America/Danmarkshavn America/Dawson America/Dawson_Creek America/Denver America/Detroit America/Dominica
America/Edmonton America/Eirunepe America/El_Salvador America/Ensenada America/Fort_Nelson America/Fort_Wayne
America/Fortaleza America/Glace_Bay America/Godthab America/Goose_Bay America/Grand_Turk America/Grenada
America/Guadeloupe America/Guatemala America/Guayaquil America/Guyana America/Halifax America/Havana America/Hermosillo
America/Indiana/Indianapolis America/Indiana/Knox America/Indiana/Marengo America/Indiana/Petersburg
America/Indiana/Tell_City America/Indiana/Vevay America/Indiana/Vincennes America/Indiana/Winamac America/Indianapolis
America/Inuvik America/Iqaluit America/Jamaica America/Jujuy America/Juneau America/Kentucky/Louisville
America/Kentucky/Monticello America/Knox_IN America/Kralendijk America/La_Paz America/Lima America/Los_Angeles
America/Louisville America/Lower_Princes America/Maceio America/Managua America/Manaus America/Marigot
America/Martinique America/Matamoros America/Mazatlan America/Mendoza America/Menominee America/Merida
America/Metlakatla America/Mexico_City America/Miquelon America/Moncton America/Monterrey America/Montevideo
America/Montreal America/Montserrat America/Nassau America/New_York America/Nipigon America/Nome America/Noronha
America/North_Dakota/Beulah America/North_Dakota/Center America/North_Dakota/New_Salem America/Nuuk America/Ojinaga
America/Panama America/Pangnirtung America/Paramaribo America/Phoenix America/Port-au-Prince America/Port_of_Spain
America/Porto_Acre America/Porto_Velho America/Puerto_Rico America/Punta_Arenas America/Rainy_River America/Rankin_Inlet
America/Recife America/Regina America/Resolute America/Rio_Branco America/Rosario America/Santa_Isabel America/Santarem
America/Santiago America/Santo_Domingo America/Sao_Paulo America/Scoresbysund America/Shiprock America/Sitka
America/St_Barthelemy America/St_Johns America/St_Kitts America/St_Lucia America/St_Thomas America/St_Vincent
America/Swift_Current America/Tegucigalpa America/Thule America/Thunder_Bay America/Tijuana America/Toronto
America/Tortola America/Vancouver America/Virgin America/Whitehorse America/Winnipeg America/Yakutat America/Yellowknife
Antarctica/Casey Antarctica/Davis Antarctica/DumontDUrville Antarctica/Macquarie Antarctica/Mawson Antarctica/McMurdo
Antarctica/Palmer Antarctica/Rothera Antarctica/South_Pole Antarctica/Syowa Antarctica/Troll Antarctica/Vostok
Arctic/Longyearbyen Asia/Aden Asia/Almaty Asia/Amman Asia/Anadyr Asia/Aqtau Asia/Aqtobe Asia/Ashgabat Asia/Ashkhabad
Asia/Atyrau Asia/Baghdad Asia/Bahrain Asia/Baku Asia/Bangkok Asia/Barnaul Asia/Beirut Asia/Bishkek Asia/Brunei
Asia/Calcutta Asia/Chita Asia/Choibalsan Asia/Chongqing Asia/Chungking Asia/Colombo Asia/Dacca Asia/Damascus Asia/Dhaka
Asia/Dili Asia/Dubai Asia/Dushanbe Asia/Famagusta Asia/Gaza Asia/Harbin Asia/Hebron Asia/Ho_Chi_Minh Asia/Hong_Kong
Asia/Hovd Asia/Irkutsk Asia/Istanbul Asia/Jakarta Asia/Jayapura Asia/Jerusalem Asia/Kabul Asia/Kamchatka Asia/Karachi
Asia/Kashgar Asia/Kathmandu Asia/Katmandu Asia/Khandyga Asia/Kolkata Asia/Krasnoyarsk Asia/Kuala_Lumpur Asia/Kuching
Asia/Kuwait Asia/Macao Asia/Macau Asia/Magadan Asia/Makassar Asia/Manila Asia/Muscat Asia/Nicosia Asia/Novokuznetsk
Asia/Novosibirsk Asia/Omsk Asia/Oral Asia/Phnom_Penh Asia/Pontianak Asia/Pyongyang Asia/Qatar Asia/Qostanay
Asia/Qyzylorda Asia/Rangoon Asia/Riyadh Asia/Saigon Asia/Sakhalin Asia/Samarkand Asia/Seoul Asia/Shanghai Asia/Singapore
Asia/Srednekolymsk Asia/Taipei Asia/Tashkent Asia/Tbilisi Asia/Tehran Asia/Tel_Aviv Asia/Thimbu Asia/Thimphu Asia/Tokyo
Asia/Tomsk Asia/Ujung_Pandang Asia/Ulaanbaatar Asia/Ulan_Bator Asia/Urumqi Asia/Ust-Nera Asia/Vientiane Asia/Vladivostok
Asia/Yakutsk Asia/Yangon Asia/Yekaterinburg Asia/Yerevan Atlantic/Azores Atlantic/Bermuda Atlantic/Canary
Atlantic/Cape_Verde Atlantic/Faeroe Atlantic/Faroe Atlantic/Jan_Mayen Atlantic/Madeira Atlantic/Reykjavik
Atlantic/South_Georgia Atlantic/St_Helena Atlantic/Stanley Australia/ACT Australia/Adelaide Australia/Brisbane
Australia/Broken_Hill Australia/Canberra Australia/Currie Australia/Darwin Australia/Eucla Australia/Hobart
Australia/LHI Australia/Lindeman Australia/Lord_Howe Australia/Melbourne Australia/NSW Australia/North Australia/Perth
Australia/Queensland Australia/South Australia/Sydney Australia/Tasmania Australia/Victoria Australia/West
Australia/Yancowinna Brazil/Acre Brazil/DeNoronha Brazil/East Brazil/West CET CST6CDT Canada/Atlantic Canada/Central
Canada/Eastern Canada/Mountain Canada/Newfoundland Canada/Pacific Canada/Saskatchewan Canada/Yukon Chile/Continental
Chile/EasterIsland Cuba EET EST EST5EDT Egypt Eire Etc/GMT Etc/GMT+0 Etc/GMT+1 Etc/GMT+10 Etc/GMT+11 Etc/GMT+12
Etc/GMT+2 Etc/GMT+3 Etc/GMT+4 Etc/GMT+5 Etc/GMT+6 Etc/GMT+7 Etc/GMT+8 Etc/GMT+9 Etc/GMT-0 Etc/GMT-1 Etc/GMT-10
Etc/GMT-11 Etc/GMT-12 Etc/GMT-13 Etc/GMT-14 Etc/GMT-2 Etc/GMT-3 Etc/GMT-4 Etc/GMT-5 Etc/GMT-6 Etc/GMT-7 Etc/GMT-8
Etc/GMT-9 Etc/GMT0 Etc/Greenwich Etc/UCT Etc/UTC Etc/Universal Etc/Zulu Europe/Amsterdam Europe/Andorra Europe/Astrakhan
Europe/Athens Europe/Belfast Europe/Belgrade Europe/Berlin Europe/Bratislava Europe/Brussels Europe/Bucharest
Europe/Budapest Europe/Busingen Europe/Chisinau Europe/Copenhagen Europe/Dublin Europe/Gibraltar Europe/Guernsey
Europe/Helsinki Europe/Isle_of_Man Europe/Istanbul Europe/Jersey Europe/Kaliningrad Europe/Kiev Europe/Kirov Europe/Kyiv
Europe/Lisbon Europe/Ljubljana Europe/London Europe/Luxembourg Europe/Madrid Europe/Malta Europe/Mariehamn Europe/Minsk
Europe/Monaco Europe/Moscow Europe/Nicosia Europe/Oslo Europe/Paris Europe/Podgorica Europe/Prague Europe/Riga
Europe/Rome Europe/Samara Europe/San_Marino Europe/Sarajevo Europe/Saratov Europe/Simferopol Europe/Skopje Europe/Sofia
Europe/Stockholm Europe/Tallinn Europe/Tirane Europe/Tiraspol Europe/Ulyanovsk Europe/Uzhgorod Europe/Vaduz
Europe/Vatican Europe/Vienna Europe/Vilnius Europe/Volgograd Europe/Warsaw Europe/Zagreb Europe/Zaporozhye Europe/Zurich
GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich HST Hongkong Iceland Indian/Antananarivo Indian/Chagos Indian/Christmas
Indian/Cocos Indian/Comoro Indian/Kerguelen Indian/Mahe Indian/Maldives Indian/Mauritius Indian/Mayotte Indian/Reunion
Iran Israel Jamaica Japan Kwajalein Libya MET MST MST7MDT Mexico/BajaNorte Mexico/BajaSur Mexico/General NZ NZ-CHAT
Navajo PRC PST8PDT Pacific/Apia Pacific/Auckland Pacific/Bougainville Pacific/Chatham Pacific/Chuuk Pacific/Easter
Pacific/Efate Pacific/Enderbury Pacific/Fakaofo Pacific/Fiji Pacific/Funafuti Pacific/Galapagos Pacific/Gambier
Pacific/Guadalcanal Pacific/Guam Pacific/Honolulu Pacific/Johnston Pacific/Kanton Pacific/Kiritimati Pacific/Kosrae
Pacific/Kwajalein Pacific/Majuro Pacific/Marquesas Pacific/Midway Pacific/Nauru Pacific/Niue Pacific/Norfolk
Pacific/Noumea Pacific/Pago_Pago Pacific/Palau Pacific/Pitcairn Pacific/Pohnpei Pacific/Ponape Pacific/Port_Moresby
Pacific/Rarotonga Pacific/Saipan Pacific/Samoa Pacific/Tahiti Pacific/Tarawa Pacific/Tongatapu Pacific/Truk Pacific/Wake
Pacific/Wallis Pacific/Yap Poland Portugal ROC ROK Singapore Turkey UCT US/Alaska US/Aleutian US/Arizona US/Central
US/East-Indiana US/Eastern US/Hawaii US/Indiana-Starke US/Michigan US/Mountain US/Pacific US/Samoa UTC Universal W-SU
WET Zulu
"""

if sys.version_info < OLDEST_PYTHON:
    sys.exit(
        "Python: the one that runs cookiecutter\n"
        f"  found    {sys.version.split()[0]}\n"
        "  allowed  3.10 or newer (the portal itself needs 3.12)\n"
        "  do       run cookiecutter with a newer Python, for example: uvx --python 3.13 cookiecutter ..."
    )
if found := list(problems()):
    sys.exit(report(found))
