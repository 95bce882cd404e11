internal import AWSAuth
internal import HTTP
public import Model

extension IdentityCenter {
    /// The policies of permission sets; whatever cannot be read of one stands in it as unreadable.
    ///
    /// Each managed policy is asked for once, however many sets have it.
    public func policies(of sets: [PermissionSetARN], cache: PolicyCache) async -> [PermissionSetARN: PolicyTexts] {
        let outlines = await withTaskGroup(of: (PermissionSetARN, PolicyOutline).self) { group in
            for set in sets { group.addTask { (set, await self.outline(of: set)) } }
            var found: [PermissionSetARN: PolicyOutline] = [:]
            for await (set, outline) in group { found[set] = outline }
            return found
        }
        let arns = outlines.values.reduce(into: Set<String>()) { $0.formUnion($1.managed) }
        let documents = await withTaskGroup(of: (String, PolicyText.Content).self) { group in
            for arn in arns { group.addTask { (arn, await self.policyDocuments.document(arn, cache: cache)) } }
            var found: [String: PolicyText.Content] = [:]
            for await (arn, content) in group { found[arn] = content }
            return found
        }
        return outlines.mapValues { $0.filled(documents) }
    }

    /// The name of a permission set; nil where it cannot be read.
    public func name(of set: PermissionSetARN) async -> String? {
        guard let instance = try? await instance() else { return nil }
        return try? await ssoAdmin.read(
            "DescribePermissionSet",
            instance.input(["PermissionSetArn": .text(set.value)]),
            object: "permission set \(set)",
            as: PermissionSetAnswer.self
        ).permissionSet.name
    }

    private func outline(of set: PermissionSetARN) async -> PolicyOutline {
        async let managed = result { () async throws(UpstreamError) in try await self.managedPolicies(of: set) }
        async let customer = result { () async throws(UpstreamError) in try await self.customerPolicies(of: set) }
        async let inline = result { () async throws(UpstreamError) in try await self.inlinePolicy(of: set) }
        async let boundary = result { () async throws(UpstreamError) in try await self.boundary(of: set) }
        return await PolicyOutline(managed: managed, customer: customer, inline: inline, boundary: boundary)
    }

    private func result<Value>(
        _ read: () async throws(UpstreamError) -> Value
    ) async -> Result<Value, UpstreamError> {
        do throws(UpstreamError) { return .success(try await read()) } catch { return .failure(error) }
    }

    private func managedPolicies(of set: PermissionSetARN) async throws(UpstreamError) -> [String] {
        let listing = Listing<ManagedPolicyRow>(
            operation: "ListManagedPoliciesInPermissionSet",
            rows: "AttachedManagedPolicies",
            input: try await input(of: set),
            object: "permission set \(set)"
        ) { $0.arn }
        return try await ssoAdmin.list(listing).map(\.arn)
    }

    private func customerPolicies(of set: PermissionSetARN) async throws(UpstreamError) -> [CustomerPolicyRow] {
        let listing = Listing<CustomerPolicyRow>(
            operation: "ListCustomerManagedPolicyReferencesInPermissionSet",
            rows: "CustomerManagedPolicyReferences",
            input: try await input(of: set),
            object: "permission set \(set)"
        ) { $0.shown }
        return try await ssoAdmin.list(listing)
    }

    /// The inline policy; nil where there is none: the service then answers an empty text, or none.
    public func inlinePolicy(of set: PermissionSetARN) async throws(UpstreamError) -> String? {
        let answer = try await ssoAdmin.read(
            "GetInlinePolicyForPermissionSet",
            try await input(of: set),
            object: "permission set \(set)",
            as: InlinePolicyAnswer.self
        )
        return answer.policy.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The permissions boundary; nil where there is none, which the service says by ResourceNotFoundException.
    private func boundary(of set: PermissionSetARN) async throws(UpstreamError) -> BoundaryAnswer.Boundary? {
        do {
            return try await ssoAdmin.read(
                "GetPermissionsBoundaryForPermissionSet",
                try await input(of: set),
                object: "permission set \(set)",
                as: BoundaryAnswer.self
            ).boundary
        } catch {
            if error.kind == .notFound { return nil }
            throw error
        }
    }

    /// The input of an operation on a permission set.
    func input(of set: PermissionSetARN) async throws(UpstreamError) -> Document {
        try await instance().input(["PermissionSetArn": .text(set.value)])
    }
}

/// What a permission set has, before the documents of its managed policies are read.
private struct PolicyOutline: Sendable {
    var managed: [String] = []
    private var before: [PolicyText] = []
    private var inline: PolicyText?
    private var boundary: PolicyText?
    private var boundaryARN: String?

    init(
        managed: Result<[String], UpstreamError>,
        customer: Result<[CustomerPolicyRow], UpstreamError>,
        inline: Result<String?, UpstreamError>,
        boundary: Result<BoundaryAnswer.Boundary?, UpstreamError>
    ) {
        switch managed {
        case .success(let arns): self.managed = arns
        case .failure(let error): before.append(PolicyText(name: "managed policies", content: .unreadable("\(error)")))
        }
        switch customer {
        case .success(let rows): before += rows.map { PolicyText(name: $0.shown, content: .unreadable(inAccounts)) }
        case .failure(let error):
            before.append(PolicyText(name: "customer managed policies", content: .unreadable("\(error)")))
        }
        switch inline {
        case .success(let text): self.inline = text.map { PolicyText(name: "inline", content: .text($0)) }
        case .failure(let error): self.inline = PolicyText(name: "inline", content: .unreadable("\(error)"))
        }
        switch boundary {
        case .success(.some(.managed(let arn))): boundaryARN = arn
        case .success(.some(.customer)): self.boundary = PolicyText(name: "boundary", content: .unreadable(inAccounts))
        case .success(nil): break
        case .failure(let error): self.boundary = PolicyText(name: "boundary", content: .unreadable("\(error)"))
        }
        ownManaged = self.managed
        if let boundaryARN { self.managed.append(boundaryARN) }
    }

    private var ownManaged: [String] = []

    func filled(_ documents: [String: PolicyText.Content]) -> PolicyTexts {
        func text(_ name: String, _ arn: String) -> PolicyText {
            PolicyText(name: name, content: documents[arn] ?? .unreadable("the document was not asked for"))
        }
        return PolicyTexts(
            policies: ownManaged.map { text($0, $0) } + before + (inline.map { [$0] } ?? []),
            boundary: boundaryARN.map { text("boundary", $0) } ?? boundary,
            inline: inline
        )
    }
}

private let inAccounts = "a customer managed policy lives in the member accounts, which are not looked into"

private struct ManagedPolicyRow: Decodable, Sendable {
    var arn: String
    enum CodingKeys: String, CodingKey { case arn = "Arn" }
}

private struct CustomerPolicyRow: Decodable, Sendable {
    var name: String
    var path: String?
    var shown: String { (path ?? "/") + name }
    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case path = "Path"
    }
}

private struct InlinePolicyAnswer: Decodable, Sendable {
    var policy: String?
    enum CodingKeys: String, CodingKey { case policy = "InlinePolicy" }
}

private struct BoundaryAnswer: Decodable, Sendable {
    /// An AWS managed policy, or one of the member accounts.
    enum Boundary: Sendable {
        case managed(String)
        case customer
    }
    var boundary: Boundary

    private enum Keys: String, CodingKey {
        case boundary = "PermissionsBoundary"
        case arn = "ManagedPolicyArn"
    }

    init(from decoder: any Decoder) throws {
        let inner = try decoder.container(keyedBy: Keys.self).nestedContainer(keyedBy: Keys.self, forKey: .boundary)
        boundary = try inner.decodeIfPresent(String.self, forKey: .arn).map { .managed($0) } ?? .customer
    }
}
