/// A partition of AWS: a world of its own, with its own names.
///
/// Source: botocore's `partitions.json` (read 2026-11).
public struct AWSPartition: Hashable, Sendable {
    /// The name in ARNs: `aws`, `aws-cn`, `aws-us-gov` ….
    public let id: String
    /// The end of its hosts.
    public let dnsSuffix: String
    /// The end of its hosts that speak IPv6 too.
    public let dualStackSuffix: String
    /// The region that its global services live in.
    public let globalRegion: String

    /// The partition that a region belongs to; `aws` for one that none claims.
    public init(region: String) {
        let found = Self.others.first { region.hasPrefix($0.prefix) }
        self = found?.partition ?? Self("aws", "amazonaws.com", "api.aws", "us-east-1")
    }

    private init(_ id: String, _ dnsSuffix: String, _ dualStackSuffix: String, _ globalRegion: String) {
        self.id = id
        self.dnsSuffix = dnsSuffix
        self.dualStackSuffix = dualStackSuffix
        self.globalRegion = globalRegion
    }

    private static let others: [(prefix: String, partition: AWSPartition)] = [
        ("cn-", Self("aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "cn-northwest-1")),
        ("us-gov-", Self("aws-us-gov", "amazonaws.com", "api.aws", "us-gov-west-1")),
        ("eusc-", Self("aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu", "eusc-de-east-1")),
        ("us-iso-", Self("aws-iso", "c2s.ic.gov", "api.aws.ic.gov", "us-iso-east-1")),
        ("us-isob-", Self("aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud", "us-isob-east-1")),
        ("eu-isoe-", Self("aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", "eu-isoe-west-1")),
        ("us-isof-", Self("aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov", "us-isof-south-1")),
    ]
}
