internal import HTTP

/// How fast the operations of a service may be called: one limiter for each quota that the service documents.
struct Pace: Sendable {
    private let common: RateLimiter
    private let own: [String: RateLimiter]

    init(_ common: RateLimiter, own: [String: RateLimiter] = [:]) {
        self.common = common
        self.own = own
    }

    /// The limiter of an operation.
    func limiter(for operation: String) -> RateLimiter { own[operation] ?? common }

    /// One quota of 20 calls a second for all operations: Identity Store, sso-admin and SCIM, each for itself.
    ///
    /// Source: IAM Identity Center user guide, "Quotas": 20 transactions a second, all operations together.
    static func identityCenter(share: Double, time: any TimeSource) -> Pace {
        Pace(RateLimiter(perSecond: 20 * share, burst: max(1, (20 * share).rounded(.down)), time: time))
    }

    /// The quotas of Organizations, by groups of operations.
    ///
    /// Source: Organizations user guide, "Quotas and service limits": rate and burst for each account (ListAccounts
    /// 8 and 12, listings below a parent 5 and 8 together, tags 10 and 15, ListRoots and DescribeOrganization 1 and 2).
    static func organizations(share: Double, time: any TimeSource) -> Pace {
        func limiter(_ perSecond: Double, _ burst: Double) -> RateLimiter {
            RateLimiter(perSecond: perSecond * share, burst: max(1, (burst * share).rounded(.down)), time: time)
        }
        let belowParent = limiter(5, 8)
        return Pace(
            limiter(5, 8),
            own: [
                "ListAccounts": limiter(8, 12),
                "ListOrganizationalUnitsForParent": belowParent,
                "ListAccountsForParent": belowParent,
                "ListTagsForResource": limiter(10, 15),
                "ListRoots": limiter(1, 2),
                "DescribeOrganization": limiter(1, 2),
            ]
        )
    }
}
