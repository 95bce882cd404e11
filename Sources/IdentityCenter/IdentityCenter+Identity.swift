internal import AWSAuth
public import Model

extension IdentityCenter {
    /// The instance, and the organization's management account where it can be read.
    ///
    /// `callerAccount` is known without a call where the settings name a role; else it is nil.
    ///
    /// - Throws: `notFound` where the region has no instance or not the one that is wanted, `rejected` where several
    ///   come into question.
    public func identity() async throws(UpstreamError) -> TargetIdentity {
        let instance = try await instance()
        return TargetIdentity(
            instanceARN: instance.arn,
            identityStoreID: instance.identityStoreID,
            region: settings.region,
            managementAccount: try await organizationManagementAccount(),
            callerAccount: settings.roleARN.flatMap { accountID(ofARN: $0) }
        )
    }

    /// The account that the calls are made from: that of the role where the settings name one, else asked for once.
    public func callerAccount() async throws(UpstreamError) -> AccountID? {
        if let account = settings.roleARN.flatMap({ accountID(ofARN: $0) }) { return account }
        let call = Call(service: "sts", operation: "GetCallerIdentity")
        let account = try await caller.value { () async throws(UpstreamError) -> AccountID in
            do throws(AWSServiceError) { return AccountID(try await sts.callerIdentity().account) } catch {
                throw CallFailure(error, object: nil).upstream
            }
        }
        guard let account else { throw call.cancelled }
        return account
    }

    /// The instance, chosen once.
    func instance() async throws(UpstreamError) -> InstanceRow {
        let instance = try await chosenInstance.value { () async throws(UpstreamError) -> InstanceRow in
            let listed = try await ssoAdmin.list(
                Listing<InstanceRow>(operation: "ListInstances", rows: "Instances", input: [:]) { $0.arn }
            )
            let choice = InstanceChoice(region: settings.region, wanted: settings.instanceARN)
            if let instance = try choice.only(of: listed) { return instance }
            return try choice.one(of: listed, ownedBy: try await organizationManagementAccount())
        }
        guard let instance else { throw Call(service: "sso-admin", operation: "ListInstances").cancelled }
        return instance
    }

    /// The organization's management account, asked for once; nil where this account may not ask, or is in none.
    func organizationManagementAccount() async throws(UpstreamError) -> AccountID? {
        let account = try await managementAccount.value { () async throws(UpstreamError) -> AccountID? in
            do throws(UpstreamError) {
                let answer = try await organizations.read("DescribeOrganization", [:], as: OrganizationAnswer.self)
                return answer.organization.managementAccount.map { AccountID($0) }
            } catch {
                let code = error.code ?? ""
                if code.hasPrefix("AccessDenied") || code == "AWSOrganizationsNotInUseException" { return nil }
                throw error
            }
        }
        guard let account else { throw Call(service: "organizations", operation: "DescribeOrganization").cancelled }
        return account
    }
}

extension InstanceRow {
    /// The input of an Identity Store operation.
    func storeInput(_ members: [String: Document] = [:]) -> Document {
        .object(members).with(["IdentityStoreId": .text(identityStoreID)])
    }

    /// The input of an sso-admin operation.
    func input(_ members: [String: Document] = [:]) -> Document {
        .object(members).with(["InstanceArn": .text(arn)])
    }
}

/// The account in an ARN: `arn:aws:iam::111122223333:role/idbridge`.
private func accountID(ofARN arn: String) -> AccountID? {
    let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count >= 6, parts[4].count == 12 else { return nil }
    return AccountID(String(parts[4]))
}

/// Which of the listed instances is the target.
///
/// Source: IAM Identity Center user guide, "Organization and account instances": member accounts may have instances of
/// their own, which ListInstances gives beside the organization's; that one belongs to the management account.
struct InstanceChoice {
    var region: String
    /// The ARN that the settings name; nil for `auto`.
    var wanted: String?

    private let call = Call(service: "sso-admin", operation: "ListInstances")

    init(region: String, wanted: String?) {
        self.region = region
        self.wanted = wanted
    }

    /// The instance where the listing alone tells it; nil where the owner has to be known.
    func only(of listed: [InstanceRow]) throws(UpstreamError) -> InstanceRow? {
        if let wanted {
            guard let instance = listed.first(where: { $0.arn == wanted }) else {
                throw none("region \(region) has no instance \(wanted)\(names(listed))")
            }
            return instance
        }
        let active = listed.filter(\.isActive)
        guard !active.isEmpty else {
            throw none("region \(region) has no active Identity Center instance\(names(listed))")
        }
        return active.count == 1 ? active.first : nil
    }

    /// The instance that belongs to the management account.
    func one(of listed: [InstanceRow], ownedBy account: AccountID?) throws(UpstreamError) -> InstanceRow {
        let active = listed.filter(\.isActive)
        let owned = active.filter { $0.owner != nil && $0.owner == account?.value }
        guard owned.count == 1, let instance = owned.first else {
            let why =
                account.map { "\(owned.count) of them belong to the management account \($0)" }
                ?? "the organization's management account cannot be read"
            throw call.error(
                .rejected,
                message: "region \(region) has several Identity Center instances, and \(why)\(names(active))",
                advice: "set target.instance to the ARN of one"
            )
        }
        return instance
    }

    private func none(_ message: String) -> UpstreamError {
        call.error(
            .notFound,
            message: message,
            advice: "set target.region to the home region of Identity Center, and check the account of the credentials"
        )
    }

    private func names(_ listed: [InstanceRow]) -> String {
        if listed.isEmpty { return "" }
        let texts = listed.map { row in
            row.arn + (row.owner.map { " of account \($0)" } ?? "") + (row.isActive ? "" : " (\(row.status ?? ""))")
        }
        return ": " + texts.sorted().joined(separator: ", ")
    }
}
