public import Model

/// Something wrong that lasts from run to run until it ends.
public struct Condition: Hashable, Sendable {
    /// What kind of thing is wrong; a run that did not come far enough to judge a kind neither begins nor ends it.
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// The run itself failed, or a source did.
        case failure
        /// An action failed.
        case failedAction
        /// A brake other than `perGroup` is tripped.
        case brake
        /// A group is held.
        case hold
    }

    /// What kind of thing is wrong.
    public var kind: Kind
    /// What is wrong with: a group, a brake's level, an action, a source.
    public var subject: String
    /// The code of the contract, where there is one.
    public var code: String?
    /// What is wrong and what to do, in a sentence.
    public var text: String
    /// The group concerned, where one is.
    public var group: String?
    /// What makes it the same thing as in the run before, together with kind, subject and code.
    public var object: String
    /// What makes it a changed thing when it differs from the run before.
    public var identity: String

    /// Something wrong that lasts.
    ///
    /// - Parameters:
    ///   - object: what tells two of one kind, subject and code apart.
    ///   - identity: what makes it a changed thing when it differs; the text without request ids, if not given.
    public init(
        _ kind: Kind,
        subject: String,
        code: String? = nil,
        text: String,
        group: String? = nil,
        object: String = "",
        identity: String? = nil
    ) {
        self.kind = kind
        self.subject = subject
        self.code = code
        self.text = text
        self.group = group
        self.object = object
        self.identity = identity ?? Condition.withoutRequestIDs(text)
    }

    /// A held group. That its entry moved to another line of the mapping is no change.
    public static func hold(_ hold: Hold) -> Condition {
        Condition(
            .hold,
            subject: hold.group,
            code: hold.code,
            text: hold.reason,
            group: hold.group,
            object: hold.source ?? ""
        )
    }

    /// A tripped brake.
    ///
    /// - Parameter lift: the exact command that lifts it for these removals.
    public static func brake(_ reading: BrakeReading, lift: String?) -> Condition {
        let limit = reading.limit.map { String($0) } ?? "off"
        var text = "the value is \(reading.value), the limit \(limit)"
        if !reading.concerned.isEmpty { text += ": \(listed(reading.concerned))" }
        if let lift { text += "; when this is meant: \(lift)" }
        return Condition(
            .brake,
            subject: reading.brake,
            code: reading.brake,
            text: text,
            group: reading.group,
            identity: "\(reading.value) \(limit) \(lift ?? "") \(reading.concerned.joined(separator: "\n"))"
        )
    }

    /// A failure of a source, or of the whole run.
    ///
    /// What the service said may differ from run to run; what kind of failure it is, and of what, tells whether it is
    /// the same.
    public static func failure(of subject: String, _ error: UpstreamError) -> Condition {
        Condition(
            .failure,
            subject: subject,
            code: error.kind.rawValue,
            text: error.description,
            identity: "\(error.service) \(error.operation) \(error.object ?? "") \(error.code ?? "")"
        )
    }

    /// An action that failed.
    public static func failedAction(_ action: ActionRecord) -> Condition {
        let objects = [action.user, action.group, action.permissionSet, action.account].compactMap(\.self)
        return Condition(
            .failedAction,
            subject: ([action.kind] + objects).joined(separator: " "),
            code: action.kind,
            text: action.message ?? "failed",
            group: action.group,
            object: action.actionID
        )
    }

    /// What it is known by from run to run.
    var key: String { [kind.rawValue, subject.folded, code ?? "", object].joined(separator: "\u{1F}") }

    /// At most 20 names, then a count.
    static func listed(_ names: [String]) -> String {
        let shown = names.prefix(20).joined(separator: ", ")
        return names.count > 20 ? "\(shown) and \(names.count - 20) more" : shown
    }

    /// The text without `[request id …]`, which differs in every call. Source: `UpstreamError.description`.
    static func withoutRequestIDs(_ text: String) -> String {
        var rest = Substring(text)
        var result = ""
        while let start = rest.firstRange(of: " [request id "),
            let end = rest[start.upperBound...].firstIndex(of: "]")
        {
            result += rest[..<start.lowerBound]
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}
