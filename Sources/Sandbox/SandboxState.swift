internal import Crypto

/// The world together with what runs in it: operations, tokens, sessions, rates. Changed under one lock.
struct SandboxState {
    var world: World { didSet { directoryIndex = nil } }
    /// The time of the call that is answered now, in seconds since 1970.
    var now = 0.0
    /// What the scripted faults do to the call that is answered now.
    var effects: [Fault.Effect] = []
    /// Who makes the call that is answered now, where AWS knows.
    var caller: Caller?
    /// The base URL, without a slash at the end.
    var baseURL = ""
    /// The service account's key pair.
    let key: RSAPrivateKey

    var operations: [Operation] = []
    var sessions: [String: Session] = [:]
    var googleGrants: [String: GoogleGrant] = [:]
    var buckets: [String: Bucket] = [:]
    var graph = GraphState()
    private var counter = 0
    private var directoryIndex: DirectoryIndex?

    init(world: World, key: RSAPrivateKey) {
        self.world = world
        self.key = key
    }

    /// A new id, the same in every sandbox for the same sequence of calls.
    mutating func newID(_ purpose: String) -> String {
        counter += 1
        return Identifier.uuid("new", purpose, String(counter))
    }

    /// A new opaque text for tokens and keys.
    mutating func newSecret(_ purpose: String) -> String {
        counter += 1
        return Identifier.digest("secret", purpose, String(counter), Base64URL.encode(randomBytes(12)))
    }

    /// The users and groups of Google by every key, made anew after a change.
    mutating func directory() -> DirectoryIndex {
        if let directoryIndex { return directoryIndex }
        let made = DirectoryIndex(world.google)
        directoryIndex = made
        return made
    }

    /// Cuts a list into pages under the faults of this call.
    func paging(beginsEmpty: Bool = false) -> Paging { Paging(effects: effects, beginsEmpty: beginsEmpty) }
}

/// A token bucket.
struct Bucket {
    var tokens: Double
    var at: Double

    /// Takes one token; false where there is none.
    mutating func take(rate: Double, burst: Double, now: Double) -> Bool {
        tokens = min(burst, tokens + max(0, now - at) * rate)
        at = now
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}

/// Google's users and groups by id and address.
struct DirectoryIndex {
    private var users: [String: World.GoogleUser] = [:]
    private var groups: [String: World.GoogleGroup] = [:]

    init(_ google: World.Google) {
        for user in google.users where user.deletionTime == nil {
            for address in user.addresses { users[address.lowercased()] = user }
            users[user.id] = user
        }
        for group in google.groups {
            for address in group.addresses { groups[address.lowercased()] = group }
            groups[group.id] = group
        }
    }

    /// The living user with this id or address.
    func user(_ key: String) -> World.GoogleUser? { users[key] ?? users[key.lowercased()] }

    /// The group with this id or address, of whatever customer.
    func group(_ key: String) -> World.GoogleGroup? { groups[key] ?? groups[key.lowercased()] }
}
