internal import Model

/// How the Identity Center users of names are found: for a list of people given to `offboard`.
///
/// Planning has no such choice and always reads the list of users. Linking is judged over all of them (`PLANNING.md` 1
/// to 3): an external id counts whatever its issuer, and `GetUserId` wants the issuer; two users that one person could be
/// are a conflict, and a look-up shows one of them; names are compared without case, and whether `GetUserId` does so is
/// not documented (`emails.value` is known not to), so that nobody could be said to be waiting on its word. With
/// `users.match: [userName]`, too, the list would have to be read as soon as one desired person is not provisioned yet.
enum NameReading: Hashable, Sendable {
    /// `GetUserId` and `DescribeUser` for each name.
    case oneByOne
    /// `ListUsers`, once for all names.
    case wholeList

    /// The reading that costs the fewer calls: two for each name, or one for each hundred users.
    ///
    /// - Parameters:
    ///   - names: how many names are asked for.
    ///   - users: how many users the target has, as far as that is known.
    static func cheapest(names: Int, users: Int?) -> NameReading {
        guard let users else { return .oneByOne }
        let pages = max(1, (users + pageSize - 1) / pageSize)
        return names * callsOfName <= pages ? .oneByOne : .wholeList
    }

    private static let pageSize = 100
    private static let callsOfName = 2
}

/// How many users the target had when they were last listed. It decides by which calls people are found, and nothing
/// else.
struct KnownUserCount: Sendable {
    private let ledger: any Ledger
    private static let key = "target/users"

    init(_ ledger: any Ledger) { self.ledger = ledger }

    /// The count; nil where the ledger does not tell.
    func read() async -> Int? {
        guard let bytes = (try? await ledger.cached(KnownUserCount.key)) ?? nil else { return nil }
        return Int(String(decoding: bytes, as: UTF8.self))
    }

    func keep(_ count: Int) async {
        guard await read() != count else { return }
        try? await ledger.cache(Array("\(count)".utf8), for: KnownUserCount.key)
    }
}
