internal import Model
internal import Synchronization

/// The ids of all users by folded user name and primary e-mail, read at most once a minute.
final class NameIndex: Sendable {
    private struct Content {
        var byUserName: [String: UserID] = [:]
        var byEmail: [String: UserID] = [:]
        var readAt: Double

        init(_ users: [TargetUser], readAt: Double) {
            self.readAt = readAt
            for user in users {
                byUserName[user.userName.folded] = user.id
                if let email = user.primaryEmail { byEmail[email.folded] = user.id }
            }
        }

        func find(_ name: String) -> UserID? { byUserName[name] ?? byEmail[name] }
    }

    private let gate = Gate(width: 1)
    private let content = Mutex<Content?>(nil)

    private static let lifeSeconds = 60.0

    /// The user of a name, which is folded already.
    func find(
        _ name: String,
        now: Double,
        read: () async throws(UpstreamError) -> [TargetUser]
    ) async throws(UpstreamError) -> UserID? {
        let found = try await gate.pass { () async throws(UpstreamError) -> UserID? in
            if let content = content.withLock({ $0 }), now - content.readAt < NameIndex.lifeSeconds {
                return content.find(name)
            }
            let fresh = Content(try await read(), readAt: now)
            content.withLock { $0 = fresh }
            return fresh.find(name)
        }
        guard let found else { throw Call(service: "identitystore", operation: "ListUsers").cancelled }
        return found
    }
}
