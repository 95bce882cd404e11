/// Where a service is asked, and the region that its requests are signed for.
public struct AWSEndpoint: Hashable, Sendable {
    /// The URL without a final slash: scheme, host, port, and a path where the user gave one.
    public let url: String
    /// The region of the credential scope.
    public let signingRegion: String
    /// What set it, where it is not the service's own: `AWS_ENDPOINT_URL_STS`, `endpoint_url of profile dev`.
    public let override: String?

    /// An endpoint that is known already, as in tests.
    public init(url: String, signingRegion: String, override: String? = nil) {
        self.url = url
        self.signingRegion = signingRegion
        self.override = override
    }
}

/// The hosts that AWS gives its services.
///
/// Source: botocore's endpoint rule sets (read 2026-11).
struct AWSHosts {
    let region: String
    let partition: AWSPartition
    let isFIPS: Bool
    let isDualStack: Bool
    /// Whether STS is asked at its global host from the regions that were there before regional ones.
    var usesGlobalSTS = false

    init(region: String, isFIPS: Bool, isDualStack: Bool) {
        self.region = region
        self.isFIPS = isFIPS
        self.isDualStack = isDualStack
        partition = AWSPartition(region: region)
    }

    func endpoint(_ service: AWSService) -> AWSEndpoint {
        switch service {
        case .iam: return iam
        case .organizations: return regional(service, in: partition.globalRegion)
        case .sts where usesGlobalSTS && !isFIPS && !isDualStack && Self.legacySTSRegions.contains(region):
            return AWSEndpoint(url: "https://sts.amazonaws.com", signingRegion: "us-east-1")
        default: return regional(service, in: region)
        }
    }

    private func regional(_ service: AWSService, in region: String) -> AWSEndpoint {
        // In the GovCloud regions the plain hosts serve FIPS; only with dual stack is there a name of its own.
        let isPlainFIPS = partition.id == "aws-us-gov" && (!isDualStack || service == .organizations)
        let prefix = service.hostPrefix + (isFIPS && !isPlainFIPS ? "-fips" : "")
        let suffix = isDualStack ? partition.dualStackSuffix : partition.dnsSuffix
        return AWSEndpoint(url: "https://\(prefix).\(region).\(suffix)", signingRegion: region)
    }

    /// IAM's hosts follow no rule that all partitions share.
    private var iam: AWSEndpoint {
        let names = Self.iamNames[partition.id] ?? Self.iamNames["aws"]
        let name =
            names.map { isDualStack ? (isFIPS ? $0.both : $0.dualStack) : (isFIPS ? $0.fips : $0.plain) } ?? "iam"
        let suffix = isDualStack ? partition.dualStackSuffix : partition.dnsSuffix
        return AWSEndpoint(url: "https://\(name).\(suffix)", signingRegion: names?.region ?? partition.globalRegion)
    }

    private struct IAMNames { let plain, fips, dualStack, both, region: String }

    private static let iamNames: [String: IAMNames] = [
        "aws": .init(
            plain: "iam",
            fips: "iam-fips",
            dualStack: "iam.global",
            both: "iam-fips.global",
            region: "us-east-1"
        ),
        "aws-cn": .init(
            plain: "iam.cn-north-1",
            fips: "iam-fips",
            dualStack: "iam.global",
            both: "iam-fips",
            region: "cn-north-1"
        ),
        "aws-us-gov": .init(
            plain: "iam.us-gov",
            fips: "iam.us-gov",
            dualStack: "iam.us-gov",
            both: "iam.us-gov",
            region: "us-gov-west-1"
        ),
        "aws-eusc": .init(
            plain: "iam.eusc-de-east-1",
            fips: "iam-fips",
            dualStack: "iam.global",
            both: "iam-fips",
            region: "eusc-de-east-1"
        ),
        "aws-iso": .init(
            plain: "iam.us-iso-east-1",
            fips: "iam-fips.us-iso-east-1",
            dualStack: "iam",
            both: "iam-fips",
            region: "us-iso-east-1"
        ),
        "aws-iso-b": .init(
            plain: "iam.us-isob-east-1",
            fips: "iam-fips.us-isob-east-1",
            dualStack: "iam",
            both: "iam-fips",
            region: "us-isob-east-1"
        ),
        "aws-iso-e": .init(
            plain: "iam.eu-isoe-west-1",
            fips: "iam-fips",
            dualStack: "iam",
            both: "iam-fips",
            region: "eu-isoe-west-1"
        ),
        "aws-iso-f": .init(
            plain: "iam.us-isof-south-1",
            fips: "iam-fips",
            dualStack: "iam",
            both: "iam-fips",
            region: "us-isof-south-1"
        ),
    ]

    private static let legacySTSRegions: Set<String> = [
        "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1",
        "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1",
        "us-west-2",
    ]
}
