"""Endpoints as botocore's rule sets give them: what Sources/AWSAuth/AWSEndpoint.swift must give."""

import itertools

import botocore.loaders
from botocore.endpoint_provider import EndpointProvider

SERVICES = ["identitystore", "sso-admin", "organizations", "sts", "iam", "sso", "sso-oidc"]
REGIONS = [
    "us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1", "ap-southeast-3", "ca-central-1", "me-south-1",
    "il-central-1", "cn-north-1", "cn-northwest-1", "us-gov-west-1", "us-gov-east-1", "us-iso-east-1",
    "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1", "eusc-de-east-1",
]


def vectors():
    loader = botocore.loaders.Loader()
    partitions = loader.load_data("partitions")
    result = []
    for service, sts in [(service, "regional") for service in SERVICES] + [("sts", "legacy")]:
        provider = EndpointProvider(loader.load_service_model(service, "endpoint-rule-set-1"), partitions)
        for region, fips, dual in itertools.product(REGIONS, [False, True], [False, True]):
            parameters = {"Region": region, "UseFIPS": fips, "UseDualStack": dual}
            if service == "sts":
                parameters["UseGlobalEndpoint"] = sts == "legacy"
            endpoint = provider.resolve_endpoint(**parameters)
            schemes = endpoint.properties.get("authSchemes", [{}])
            result.append(
                {
                    "service": service, "region": region, "fips": fips, "dualStack": dual, "sts": sts,
                    "url": endpoint.url, "signingRegion": schemes[0].get("signingRegion", region),
                }
            )
    return result
