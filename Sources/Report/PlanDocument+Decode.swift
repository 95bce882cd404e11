internal import Model

extension PlanDocument {
    /// Reads a document and checks its shape; names that this version does not know are passed over.
    ///
    /// - Throws: for text that is no JSON, another format, a missing name or a wrong type, with the place.
    public static func decode(_ text: String) throws(PlanDocumentError) -> PlanDocument {
        try decode(bytes: Array(text.utf8))
    }

    /// Reads a document from the bytes of a file; see ``decode(_:)``.
    public static func decode(bytes: [UInt8]) throws(PlanDocumentError) -> PlanDocument {
        let value: JSON
        do { value = try JSON.parse(bytes) } catch { throw PlanDocumentError("not a plan document: \(error)") }
        let root = try ShapeReader(value, path: "")
        let found = try root.string("format")
        guard found == format else {
            throw PlanDocumentError("format: \"\(Printable.text(String(found.prefix(60))))\" is not \(format)")
        }
        let target = try root.object("target")
        let asOf = try root.string("asOf")
        guard let time = Timestamp(rfc3339: asOf) else { throw PlanDocumentError("asOf: not a time of RFC 3339") }
        var document = PlanDocument(
            fingerprint: try root.string("fingerprint"),
            removalsFingerprint: try root.string("removalsFingerprint"),
            asOf: time,
            owner: try root.string("owner"),
            instanceARN: try target.string("instanceArn"),
            identityStoreID: try target.string("identityStoreId"),
            region: try target.string("region"),
            actions: []
        )
        let actions = try root.array("actions")
        document.actions.reserveCapacity(actions.count)
        for (index, element) in actions.enumerated() {
            document.actions.append(try action(ShapeReader(element, path: "actions[\(index)]")))
        }
        try checkIDs(document.actions)
        return document
    }

    private static func action(_ shape: ShapeReader) throws(PlanDocumentError) -> Action {
        guard let kind = ActionKind(rawValue: try shape.string("kind")) else {
            throw shape.fault("kind", "no such kind of action")
        }
        var action = Action(id: try shape.string("id"), kind: kind)
        if kind.hasGroup {
            action.group = try shape.string("group")
            action.groupID = try shape.optionalString("groupId").map { GroupID($0) }
        }
        if kind.hasUser {
            action.user = try shape.string("user")
            action.userID = try shape.optionalString("userId").map { UserID($0) }
        }
        if kind.hasAccount {
            action.account = AccountID(try shape.string("account"))
            action.accountName = try shape.optionalString("accountName")
            action.permissionSet = try shape.string("permissionSet")
            action.permissionSetARN = try shape.optionalString("permissionSetArn").map { PermissionSetARN($0) }
        }
        if kind == .createGroup { action.description = try shape.optionalString("description") }
        if kind.hasChanges { action.changes = try changes(shape.object("changes")) }
        return action
    }

    private static func changes(_ shape: ShapeReader) throws(PlanDocumentError) -> [String: FieldChange] {
        var result: [String: FieldChange] = [:]
        for name in shape.names {
            let change = try shape.object(name)
            result[name] = FieldChange(from: try change.optionalString("from"), to: try change.optionalString("to"))
        }
        return result
    }

    private static func checkIDs(_ actions: [Action]) throws(PlanDocumentError) {
        var seen: Set<String> = []
        for (index, action) in actions.enumerated() where !seen.insert(action.id).inserted {
            throw PlanDocumentError("actions[\(index)].id: an action of this id stands before")
        }
    }
}

/// One object of a document, and the names of its values with the types that they must have.
struct ShapeReader {
    private let members: [String: JSON]
    private let path: String

    init(_ value: JSON, path: String) throws(PlanDocumentError) {
        guard case .object(let members) = value else {
            throw PlanDocumentError(path.isEmpty ? "not a plan document: no JSON object" : "\(path): not an object")
        }
        self.members = members
        self.path = path
    }

    /// The names, sorted.
    var names: [String] { members.keys.sorted() }

    func string(_ name: String) throws(PlanDocumentError) -> String {
        guard case .string(let text) = try value(name) else { throw fault(name, "not a text") }
        return text
    }

    func optionalString(_ name: String) throws(PlanDocumentError) -> String? {
        switch try value(name) {
        case .null: return nil
        case .string(let text): return text
        default: throw fault(name, "neither a text nor null")
        }
    }

    func object(_ name: String) throws(PlanDocumentError) -> ShapeReader {
        try ShapeReader(try value(name), path: place(name))
    }

    func array(_ name: String) throws(PlanDocumentError) -> [JSON] {
        guard case .array(let elements) = try value(name) else { throw fault(name, "not a list") }
        return elements
    }

    func fault(_ name: String, _ what: String) -> PlanDocumentError { PlanDocumentError("\(place(name)): \(what)") }

    private func value(_ name: String) throws(PlanDocumentError) -> JSON {
        guard let value = members[name] else { throw fault(name, "missing") }
        return value
    }

    private func place(_ name: String) -> String {
        let shown = Printable.text(String(name.prefix(60)))
        return path.isEmpty ? shown : "\(path).\(shown)"
    }
}
