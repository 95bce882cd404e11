"""Shared configuration files as botocore reads them: what Sources/AWSAuth/INIFile.swift must give."""

import os
import random
import tempfile

import botocore.configloader
import botocore.exceptions

SEED = 20261123
COUNT = 400

HAND = [
    "",
    "[default]\nregion = eu-west-1\n",
    "[default]\r\nregion=eu-west-1\r\n[profile b]\r\noutput : json\r\n",
    "[default]\rregion = a\r",
    "region = too early\n",
    "\ufeff[default]\nregion = a\n",
    "# comment\n; another\n[default] # trailing\naws_access_key_id = AKIA # no comment for botocore\n",
    "[profile \"two words\"]\na = b\n[profile 'single']\na = b\n[profile a\\ b]\na = b\n",
    "[profile unclosed \"x]\na = b\n[profile]\na = b\n[profile a b]\na=b\n[profilex y]\nc = d\n",
    "[services local]\nsso_admin =\n  endpoint_url = http://127.0.0.1:5000\n  other=x\n\nidentitystore =\n  endpoint_url = u\n",
    "[services local]\nsts =\n  no equals sign\n",
    "[default]\ns3 =\n  a = b\n  # gone\n  c = d\n\n\n  e=f\nregion = x\n",
    "[default]\na = 1\n  continued\n  more\nb = 2\n",
    "[default]\na = 1\na = 2\n",
    "[default]\na = 1\n[default]\nb = 2\n",
    "[default]\nA = 1\na = 2\n",
    "[DEFAULT]\nregion = shared\n[profile a]\nx = 1\n[profile b]\nregion = own\n",
    "[DEFAULT]\nregion = shared\n[DEFAULT]\nregion = again\n",
    "[DEFAULT]\ns =\n  broken\n[a]\n",
    "[a]\n= no key\n",
    "[a]\nno delimiter\n",
    "[]\na = b\n",
    "[]]\na = b\n",
    "[a]b]c\nk = v\n",
    "[a]\n  k = v\n  l = w\n    m = deeper\n",
    "[a]\nk = v = w : x\nl : m = n\n",
    "  [indented]\n  k = v\n",
    "[a]\nk =\n\n\n[b]\n",
    "[a]\nk = v\n\n  late\n",
    "[a]\nk\u00a0=\u00a0v\u00a0\n\u3000cont\n",
    "[a]\nk =\n  x = 1\x0by = 2\x1cz = 3\u2028w = 4\n",
    "[a]\nk = v\x1f\n",
    "[default]\naws_access_key_id=AKIA\naws_secret_access_key=a=b=c\n[profile default]\nregion = later\n",
    "[profile default]\nregion = first\n[default]\nregion = second\n",
    "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://d-1.awsapps.com/start#/\n",
    "[a]\nÄ = straße\nİ = x\n",
]

LINES = [
    "[default]", "[profile a]", "[profile \"b c\"]", "[sso-session s]", "[services x]", "[DEFAULT]", "[other]", "[",
    "region = eu-west-1", "output=json", "key : value", "  indented = 1", "\ttab = 2", "    deep = 3", "s3 =",
    "sts=", "# comment", "  ; comment", "value ; kept", "", "  ", "just words", "= x", "a = b # c", "role_arn = arn:aws:iam::1:role/x",
    "  plain continuation", "Region = UPPER", "x[1] = y",
]


def read(data):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "config")
        with open(path, "wb") as file:
            file.write(data)
        try:
            raw = botocore.configloader.raw_config_parse(path)
        except botocore.exceptions.ConfigParseError:
            return {"refused": True}
        mapped = botocore.configloader.load_config(path)
    return {
        "refused": False,
        "raw": raw,
        "profiles": mapped["profiles"],
        "ssoSessions": mapped["sso_sessions"],
        "services": mapped["services"],
    }


def vectors():
    rng = random.Random(SEED)
    texts = [text.encode() for text in HAND] + [b"[a]\nk = \xff\n"]
    while len(texts) < len(HAND) + COUNT:
        lines = ["[start]"] + rng.choices(LINES, k=rng.randint(1, 9))
        text = rng.choice(["\n", "\n", "\n", "\r\n"]).join(lines)
        texts.append((text + rng.choice(["", "\n"])).encode())
    return [{"bytes": list(text), **read(text)} for text in texts]
