/// What no permission set may allow.
public struct Guardrail: Hashable, Sendable {
    /// What happens where one does.
    public enum Enforcement: String, Hashable, Sendable, CaseIterable {
        /// It is told.
        case warn
        /// The assignments that would give it are left out.
        case hold
        /// The guardrail is left out.
        case off
    }

    /// Some actions, on some resources.
    struct Rule: Hashable, Sendable {
        let actions: [String]
        let resources: [Glob]
        /// The resources as they were given.
        var resourceTexts: [String] = []
    }

    /// The name, unique in the configuration.
    public let name: String
    /// The permission sets that may, by their exact names.
    public let allow: Set<String>
    /// What happens where another one does.
    public let enforce: Enforcement
    let rules: [Rule]

    /// A guardrail of the configuration.
    ///
    /// - Parameters:
    ///   - actions: patterns, without regard to case: `organizations:LeaveOrganization`, `iam:*AccessKey`.
    ///   - resources: patterns of ARNs.
    public init(
        name: String,
        actions: [String],
        resources: [String] = ["*"],
        allow: Set<String> = [],
        enforce: Enforcement = .warn
    ) {
        self.init(name: name, rules: [Self.rule(actions, resources)], allow: allow, enforce: enforce)
    }

    private init(name: String, rules: [Rule], allow: Set<String>, enforce: Enforcement) {
        self.name = name
        self.rules = rules
        self.allow = allow
        self.enforce = enforce
    }

    private static func rule(_ actions: [String], _ resources: [String]) -> Rule {
        Rule(actions: actions, resources: resources.map(Glob.init(resource:)), resourceTexts: resources)
    }

    /// The built-in guardrail `iamUsers`: to make, change or delete IAM users, and to give them credentials or rights.
    ///
    /// - Parameter partition: the partition of the instance: `aws`, `aws-cn`.
    public static func iamUsers(
        partition: String,
        allow: Set<String> = [],
        enforce: Enforcement = .warn
    ) -> Guardrail {
        let onUsers = [
            "CreateUser", "UpdateUser", "DeleteUser", "CreateAccessKey", "UpdateAccessKey", "DeleteAccessKey",
            "CreateLoginProfile", "UpdateLoginProfile", "DeleteLoginProfile", "AttachUserPolicy", "PutUserPolicy",
            "CreateServiceSpecificCredential", "ResetServiceSpecificCredential", "UpdateServiceSpecificCredential",
            "UploadSSHPublicKey", "UploadSigningCertificate",
        ]
        let rules = [
            rule(onUsers.map { "iam:\($0)" }, ["arn:\(partition):iam::*:user/*"]),
            rule(["iam:AddUserToGroup"], ["arn:\(partition):iam::*:group/*"]),
        ]
        return Guardrail(name: "iamUsers", rules: rules, allow: allow, enforce: enforce)
    }

    /// The patterns of its actions, in order.
    public var actions: [String] { rules.flatMap(\.actions) }

    /// The patterns of its resources, in order.
    public var resources: [String] { rules.flatMap(\.resourceTexts) }

    /// Whether a permission set of this name may do it all the same.
    public func excepts(_ permissionSet: String) -> Bool { allow.contains(permissionSet) }
}
