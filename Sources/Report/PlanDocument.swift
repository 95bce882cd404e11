public import Model

/// What `apply PLAN` takes from a plan document: which plan it was, for whom, and which actions it names.
///
/// Nothing else in a document is believed; what is done, its order and the brakes come from a fresh plan.
public struct PlanDocument: Hashable, Sendable {
    /// The format that this version reads and writes.
    public static let format = "idbridge.plan/1"

    /// The fingerprint that the document states; the caller compares it with that of `actions`.
    public var fingerprint: String
    /// The fingerprint of the removals that the document states.
    public var removalsFingerprint: String
    /// The time that the plan was made for.
    public var asOf: Timestamp
    /// The bridge's owner mark.
    public var owner: String
    /// The `InstanceArn` of the target.
    public var instanceARN: String
    /// The `IdentityStoreId` of the target.
    public var identityStoreID: String
    /// The target's home region.
    public var region: String
    /// The actions in the document's order: id, kind, ids and names of objects, `changes` and `description`; nothing else.
    public var actions: [Action]

    /// A document's content.
    public init(
        fingerprint: String,
        removalsFingerprint: String,
        asOf: Timestamp,
        owner: String,
        instanceARN: String,
        identityStoreID: String,
        region: String,
        actions: [Action]
    ) {
        self.fingerprint = fingerprint
        self.removalsFingerprint = removalsFingerprint
        self.asOf = asOf
        self.owner = owner
        self.instanceARN = instanceARN
        self.identityStoreID = identityStoreID
        self.region = region
        self.actions = actions
    }
}

/// Why a text is no plan document (exit 65).
public struct PlanDocumentError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong and where: `line 3, column 7: …`, or `actions[4].kind: …`.
    public var description: String
    /// Why a text is no plan document.
    public init(_ description: String) { self.description = description }
}
