/// A service of AWS as the endpoint rules and the signature know it.
///
/// Source: botocore's service models and endpoint rule sets (read 2026-11).
public struct AWSService: Hashable, Sendable {
    /// The name in messages and in rate limits: `sso-admin`.
    public let name: String
    /// The service id as `AWS_ENDPOINT_URL_…` spells it: `SSO_ADMIN`; in lower case the key of a services section.
    public let endpointID: String
    /// The name in the credential scope of the signature.
    public let signingName: String
    /// What stands before the region in a host.
    public let hostPrefix: String
    /// What stands before the operation in X-Amz-Target; nil for services of other protocols.
    public let targetPrefix: String?
    /// The `Version` of a query service.
    public let queryVersion: String?

    private init(
        _ name: String,
        endpointID: String,
        signingName: String,
        hostPrefix: String,
        targetPrefix: String? = nil,
        queryVersion: String? = nil
    ) {
        self.name = name
        self.endpointID = endpointID
        self.signingName = signingName
        self.hostPrefix = hostPrefix
        self.targetPrefix = targetPrefix
        self.queryVersion = queryVersion
    }

    /// The Identity Store.
    public static let identityStore = AWSService(
        "identitystore",
        endpointID: "IDENTITYSTORE",
        signingName: "identitystore",
        hostPrefix: "identitystore",
        targetPrefix: "AWSIdentityStore"
    )
    /// IAM Identity Center's administration, whose host and signing name are `sso`.
    public static let ssoAdmin = AWSService(
        "sso-admin",
        endpointID: "SSO_ADMIN",
        signingName: "sso",
        hostPrefix: "sso",
        targetPrefix: "SWBExternalService"
    )
    /// AWS Organizations, which lives in one region of each partition.
    public static let organizations = AWSService(
        "organizations",
        endpointID: "ORGANIZATIONS",
        signingName: "organizations",
        hostPrefix: "organizations",
        targetPrefix: "AWSOrganizationsV20161128"
    )
    /// The Security Token Service.
    public static let sts = AWSService(
        "sts",
        endpointID: "STS",
        signingName: "sts",
        hostPrefix: "sts",
        queryVersion: "2011-06-15"
    )
    /// IAM, which lives in one region of each partition.
    public static let iam = AWSService(
        "iam",
        endpointID: "IAM",
        signingName: "iam",
        hostPrefix: "iam",
        queryVersion: "2010-05-08"
    )
    /// The portal that gives people's role credentials; its requests are not signed.
    public static let ssoPortal = AWSService("sso", endpointID: "SSO", signingName: "", hostPrefix: "portal.sso")
    /// The token endpoint of Identity Center; its requests are not signed.
    public static let ssoOIDC = AWSService("sso-oidc", endpointID: "SSO_OIDC", signingName: "", hostPrefix: "oidc")
}
