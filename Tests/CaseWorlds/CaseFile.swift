public import Model
public import YAML

/// One example of the contract as data: a tiny company, its mapping, its Identity Center, and the plan that follows.
public struct CaseFile: Sendable {
    /// The path within the cases, for messages.
    public var name: String
    /// The whole case.
    public var root: Node
    /// The time of the run.
    public var now: Timestamp
    /// The mapping files, by relative path.
    public var mapping: [(path: String, bytes: [UInt8])]

    /// Reads a case from its text; nil where the text is no case.
    public init?(name: String, bytes: [UInt8]) {
        guard let root = YAML.parse(bytes, file: name).root else { return nil }
        self.name = name
        self.root = root
        now = root["now"]?.string.flatMap(Timestamp.init(rfc3339:)) ?? Timestamp(seconds: 0)
        if let text = root["mapping"]?.string {
            mapping = [("mapping.yaml", Array(text.utf8))]
        } else {
            mapping = (root["mapping"]?.entries ?? []).map { entry in
                (entry.key.text, Array((entry.value.string ?? entry.value["text"]?.string ?? "").utf8))
            }
        }
    }

    /// The settings of the case: the defaults of the contract, changed by `config`.
    public var settings: PlanSettings {
        var settings = PlanSettings(owner: "platform")
        let config = root["config"]
        if let match = config?["users"]?["match"]?.list {
            settings.match = match.compactMap { $0.string.flatMap(LinkKey.init(rawValue:)) }
        }
        for source in config?["sources"]?.entries ?? [] where source.value["guests"]?.bool == true {
            settings.guestSources.insert(source.key.text)
        }
        guard let brakes = config?["brakes"] else { return settings }
        settings.brakes.removals = share(brakes["removals"], settings.brakes.removals)
        settings.brakes.perGroup = share(brakes["perGroup"], settings.brakes.perGroup)
        settings.brakes.assignments = share(brakes["assignments"], settings.brakes.assignments)
        if let groups = brakes["groups"] { settings.brakes.groupDeletions = groups["deletions"]?.int }
        if let gains = brakes["gains"] {
            settings.brakes.gainsPermissionSets = gains["permissionSets"]?.texts ?? []
            settings.brakes.gainsPeople = gains["people"]?.int ?? 5
        }
        settings.brakes.protected = brakes["protected"]?.texts ?? []
        settings.brakes.lastAdmin = brakes["lastAdmin"]?.texts ?? []
        return settings
    }

    private func share(_ node: Node?, _ usual: ShareLimit?) -> ShareLimit? {
        guard let node else { return usual }
        guard let percent = node["percent"]?.int else { return nil }
        return ShareLimit(percent: percent, atLeast: node["atLeast"]?.int ?? usual?.atLeast ?? 0)
    }
}

extension Node {
    /// The text of a scalar, whatever its type.
    public var text: String { scalar?.text ?? "" }
    /// The texts of a list.
    public var texts: [String] { (list ?? []).map(\.text) }
}
