"""Requests signed by botocore: what Sources/AWSAuth/SigV4.swift must give for the same input."""

import base64
import datetime
import random
from unittest import mock
from urllib.parse import quote

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SEED = 20261123
COUNT = 300

SERVICES = ["identitystore", "sso", "organizations", "sts", "iam", "execute-api", "secretsmanager"]
REGIONS = ["us-east-1", "eu-west-1", "ap-northeast-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1"]
METHODS = ["POST", "GET", "PUT", "PATCH", "DELETE", "HEAD"]
SEGMENTS = ["a", "users", ".", "..", "", "%20", "x%2Fy", "caf%C3%A9", "~me", "a.b", "a+b", "a:b", "@", "%7e", "UPPER", "a;b=c"]
TEXTS = ["", "a", "A", "b c", "é", "日本", "a&b", "a=b", "1/2", "~-._", "100%", "x" * 40, "\U0001f600", "a#b?c"]
NAMES = ["a", "a-b", "a.b", "A", "ab", "Action", "Version", "é", "x y", "marker"]
HEADERS = [
    ("Content-Type", "application/x-amz-json-1.1"),
    ("X-Amz-Target", "AWSIdentityStore.ListGroups"),
    ("x-amz-target-b", "prefix of another"),
    ("X-Custom", "  two   spaces \t and a tab  "),
    ("x-empty", ""),
    ("Accept", "*/*"),
    ("Content-Encoding", "amz-1.0"),
    ("User-Agent", "not signed"),
    ("Expect", "100-continue"),
    ("Connection", "keep-alive"),
    ("X-Amzn-Trace-Id", "Root=1-5759e988"),
    ("amz-sdk-request", "attempt=1; max=3"),
    ("X-Multi", "one"),
    ("x-multi", " two  three "),
    ("Zulu", "é"),
    ("x-goog-cloud-target-resource", "//iam.googleapis.com/projects/1/locations/global"),
]
HOSTS = [
    "https://identitystore.eu-west-1.amazonaws.com",
    "https://sts.amazonaws.com:443",
    "http://127.0.0.1:5000",
    "http://localhost:80",
    "https://[::1]:8443",
    "HTTPS://Example.AmazonAWS.com",
]
BODIES = [b"", b"{}", b'{"IdentityStoreId":"d-1234567890"}', "{\"n\":\"Jos\u00e9\"}".encode(), bytes(range(256)), b"x" * 70000]


def credentials(rng):
    token = rng.choice([None, "SESSIONTOKEN", "IQoJb3JpZ2luX2VjE+/=" * 8])
    return Credentials("AKIDEXAMPLE", rng.choice(["wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "s", "clé/+="]), token)


def url(rng):
    path = "/".join([""] + rng.choices(SEGMENTS, k=rng.randint(0, 5)))
    query = "&".join(
        quote(rng.choice(NAMES), safe="-_.~") + "=" + quote(rng.choice(TEXTS), safe="-_.~")
        for _ in range(rng.choice([0, 0, 1, 2, 5, 9]))
    )
    return rng.choice(HOSTS) + path + ("?" + query if query else "")


def signed(method, url, headers, body, keys, region, service, moment):
    request = AWSRequest(method=method, url=url, data=body)
    for name, value in headers:
        request.headers.add_header(name, value)
    with mock.patch.object(botocore.auth, "get_current_datetime", lambda: moment):
        botocore.auth.SigV4Auth(keys, service, region).add_auth(request)
    return {
        "method": method,
        "url": url,
        "headers": headers,
        "body": base64.b64encode(body).decode(),
        "accessKeyID": keys.access_key,
        "secretAccessKey": keys.secret_key,
        "sessionToken": keys.token,
        "region": region,
        "service": service,
        "seconds": int(moment.replace(tzinfo=datetime.timezone.utc).timestamp()),
        "amzDate": request.headers["X-Amz-Date"],
        "authorization": request.headers["Authorization"],
    }


def vectors():
    rng = random.Random(SEED)
    result = [
        signed(
            "POST",
            "https://identitystore.eu-west-1.amazonaws.com/",
            HEADERS[:2],
            b'{"IdentityStoreId":"d-1234567890"}',
            Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "SESSIONTOKEN"),
            "eu-west-1",
            "identitystore",
            datetime.datetime(2026, 11, 23, 20, 15, 0),
        )
    ]
    for _ in range(COUNT):
        moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=rng.randint(0, 4_000_000_000))
        headers = rng.sample(HEADERS, k=rng.randint(0, 6))
        bodies = BODIES if rng.random() < 0.05 else BODIES[:4]
        result.append(
            signed(
                rng.choice(METHODS), url(rng), headers, rng.choice(bodies), credentials(rng),
                rng.choice(REGIONS), rng.choice(SERVICES), moment,
            )
        )
    return result
