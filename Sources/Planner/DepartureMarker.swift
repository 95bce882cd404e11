internal import Crypto
public import Model

/// The group in Identity Center that keeps one open departure.
///
/// Its description is `departed TIME ORIGIN DIGEST… [idbridge-departed:OWNER]`: no addresses, immutable ids first, as
/// many digests as fit into 1,024 characters.
public struct DepartureMarker: Hashable, Sendable {
    /// The owner of the bridge that made the mark.
    public var owner: String
    /// When the departure was recorded; the epoch where the text cannot be read.
    public var since: Timestamp
    /// Whether the departure was found at a source, and ends when a source shows the person active again.
    public var isFound: Bool
    /// The digests of the identifiers.
    public var digests: Set<String>

    private static let namePrefix = "idbridge-departed-"
    private static let markPrefix = "[idbridge-departed:"
    private static let maximumLength = 1024

    /// Reads the mark of a group; nil where the group is no marker.
    public init?(_ group: TargetGroup) {
        guard let description = group.description, let owner = DepartureMarker.owner(of: description) else {
            return nil
        }
        self.owner = owner
        var words = description.split { $0 == " " || $0 == "\n" || $0 == "\t" }.map(String.init)
        words.removeLast()
        since = words.lazy.compactMap { Timestamp(rfc3339: $0) }.first ?? Timestamp(seconds: 0)
        isFound = words.contains("found")
        digests = Set(words.filter(DepartureMarker.isDigest))
    }

    /// Whether a group is a marker, of whatever bridge.
    public static func isMarker(_ group: TargetGroup) -> Bool {
        group.description.flatMap(owner(of:)) != nil
    }

    /// The name of the marker group for a person: always the same for the same strongest identifier.
    public static func name(for identifiers: Departure.Identifiers) -> String {
        namePrefix + (orderedDigests(of: identifiers).first ?? "nobody")
    }

    /// `sha256:…` over people, whatever their order: what `--allow-removals` takes to lift `departures.people`.
    public static func fingerprint(of people: [Departure.Identifiers]) -> String {
        let names = Set(people.map(name(for:))).sorted()
        return "sha256:" + SHA256.hash(Array("idbridge-departures/1 \(names.joined(separator: " "))".utf8)).hex
    }

    /// The description of the marker group for a departure.
    public static func description(of departure: Departure, owner: String) -> String {
        let tail = "\(markPrefix)\(owner)]"
        var text = "departed \(departure.since)"
        if case .found = departure.origin { text += " found" }
        for digest in orderedDigests(of: departure.identifiers)
        where text.utf8.count + 1 + digest.utf8.count + 1 + tail.utf8.count <= maximumLength {
            text += " \(digest)"
        }
        return "\(text) \(tail)"
    }

    /// The departure that the mark stands for.
    public func departure(of group: TargetGroup) -> Departure {
        Departure(
            id: group.displayName,
            since: since,
            origin: .marker(group: group.id),
            identifiers: Departure.Identifiers(digests: digests)
        )
    }

    private static func owner(of description: String) -> String? {
        let text = description.trimmedTrailing
        guard text.hasSuffix("]"), let start = text.range(ofLast: markPrefix) else { return nil }
        let owner = text[start.upperBound...].dropLast()
        return Ownership.isOwner(owner) ? String(owner) : nil
    }

    /// The digests of all identifiers of a person, the strongest first.
    public static func digests(of identifiers: Departure.Identifiers) -> [String] { orderedDigests(of: identifiers) }

    private static func orderedDigests(of identifiers: Departure.Identifiers) -> [String] {
        var result: [String] = []
        func add(_ digest: String) { if !result.contains(digest) { result.append(digest) } }
        for id in identifiers.sourceIDs { add(digest(ofID: id)) }
        for id in identifiers.externalIDs { add(digest(ofID: id)) }
        if let user = identifiers.userID { add(digest(ofUser: user)) }
        if let address = identifiers.primaryAddress { add(digest(ofAddress: address)) }
        for known in identifiers.digests.sorted() { add(known) }
        return result
    }

    /// The digest of an immutable id of a source, or of an external id that the target recorded.
    public static func digest(ofID id: String) -> String { digest("id", id) }
    /// The digest of an Identity Center user id.
    public static func digest(ofUser user: UserID) -> String { digest("user", user.value) }
    /// The digest of a primary address.
    public static func digest(ofAddress address: String) -> String { digest("address", address) }

    private static func digest(_ kind: String, _ value: String) -> String {
        let hash = SHA256.hash(Array("idbridge-departed/1 \(kind) \(value.folded)".utf8))
        return Array(hash.prefix(12)).hex
    }

    private static func isDigest(_ word: String) -> Bool {
        word.utf8.count == 24 && word.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) }
    }
}
