public import Model

extension IdentityCenter {
    /// The accounts that still have an older version of a permission set.
    public func outdatedAccounts(of set: PermissionSetARN) async throws(UpstreamError) -> [AccountID] {
        try await accounts(of: set, status: "LATEST_PERMISSION_SET_NOT_PROVISIONED")
    }

    /// The accounts that have a permission set, in whatever version.
    public func provisionedAccounts(of set: PermissionSetARN) async throws(UpstreamError) -> [AccountID] {
        try await accounts(of: set, status: nil)
    }

    private func accounts(of set: PermissionSetARN, status: String?) async throws(UpstreamError) -> [AccountID] {
        var input = try await input(of: set)
        if let status { input = input.with(["ProvisioningStatus": .text(status)]) }
        let listing = Listing<String>(
            operation: "ListAccountsForProvisionedPermissionSet",
            rows: "AccountIds",
            input: input,
            object: "permission set \(set)"
        ) { $0 }
        return try await ssoAdmin.list(listing).map { AccountID($0) }
    }

    /// Replaces the inline policy of a permission set; the accounts keep the older one until ``provision(_:)``.
    public func putInlinePolicy(_ policy: String, of set: PermissionSetARN) async throws(UpstreamError) -> Receipt {
        let input = try await input(of: set).with(["InlinePolicy": .text(policy)])
        let call = ssoAdmin.named("PutInlinePolicyToPermissionSet", "permission set \(set)")
        do throws(CallFailure) {
            return try await pauses.persist(.conflict, call, while: { $0.kind == .conflict }) {
                () async throws(CallFailure) in
                let answer: Answer<Nothing> = try await ssoAdmin.call(call.operation, input, object: call.object)
                return Receipt(requestID: answer.requestID)
            }
        } catch {
            throw delegated(error)
        }
    }

    /// Brings a permission set to all accounts that have it, and follows that to its end.
    ///
    /// Source: sso-admin API reference, ProvisionPermissionSet: at most three at once; a ConflictException while another
    /// provisioning of the set runs.
    public func provision(_ set: PermissionSetARN) async throws(UpstreamError) -> Receipt {
        let input = try await input(of: set).with(["TargetType": "ALL_PROVISIONED_ACCOUNTS"])
        let call = ssoAdmin.named("ProvisionPermissionSet", "permission set \(set)")
        do throws(CallFailure) {
            let begun = try await pauses.persist(.conflict, call, while: { $0.kind == .conflict }) {
                () async throws(CallFailure) in
                try await ssoAdmin.call(call.operation, input, object: call.object, as: ProvisioningAnswer.self).value
            }
            return try await followed(begun.status, call)
        } catch {
            throw delegated(error)
        }
    }

    private func followed(_ begun: ProvisioningAnswer.Status, _ call: Call) async throws(CallFailure) -> Receipt {
        let instance: InstanceRow
        do { instance = try await self.instance() } catch { throw CallFailure(error) }
        let input = instance.input(["ProvisionPermissionSetRequestId": .text(begun.id)])
        let start = pauses.now
        var status = begun
        var polls = 0
        while status.status == "IN_PROGRESS" {
            guard pauses.now - start < StatusPoller.patienceSeconds else {
                throw CallFailure(stillRunning(call, begun.id))
            }
            do { try await pauses.wait(about: PollSchedule().pause(afterPolls: polls), call) } catch {
                throw CallFailure(error)
            }
            polls += 1
            do throws(CallFailure) {
                status = try await ssoAdmin.call(
                    "DescribePermissionSetProvisioningStatus",
                    input,
                    object: call.object,
                    as: ProvisioningAnswer.self
                ).value.status
            } catch {
                // Right after its beginning the service may not know an operation yet.
                guard error.kind == .notFound, pauses.now - start < StatusPoller.unknownSeconds else { throw error }
            }
        }
        guard status.status == "SUCCEEDED" else {
            let reason = status.reason ?? "the service gives no reason"
            throw CallFailure(call.error(.rejected, code: status.status, message: reason, requestID: begun.id))
        }
        return Receipt(requestID: begun.id)
    }

    private func stillRunning(_ call: Call, _ id: String) -> UpstreamError {
        call.error(
            .unreachable,
            code: "IN_PROGRESS",
            message: "still running after 10 minutes",
            requestID: id,
            advice: "run guardrails again later: it sees what came of it"
        )
    }

    /// Source: IAM Identity Center user guide, "Delegated administration": sets that are provisioned to the management
    /// account can be changed from there alone.
    private func delegated(_ error: CallFailure) -> UpstreamError {
        guard error.kind == .refused else { return error.upstream }
        var upstream = error.upstream
        upstream.advice =
            "a delegated administrator cannot change a set that is provisioned to the management account; "
            + "else allow this action for the role"
        return upstream
    }
}

/// The answer of ProvisionPermissionSet and DescribePermissionSetProvisioningStatus.
private struct ProvisioningAnswer: Decodable, Sendable {
    struct Status: Decodable, Sendable {
        var status: String
        var id: String
        var reason: String?
        enum CodingKeys: String, CodingKey {
            case status = "Status"
            case id = "RequestId"
            case reason = "FailureReason"
        }
    }
    var status: Status
    enum CodingKeys: String, CodingKey { case status = "PermissionSetProvisioningStatus" }
}
