internal import Model

/// Performs operations on account assignments within the service's limits.
///
/// At most 15 are outstanding, and in one account one at a time: the service changes one role in an account at a time.
/// Source: IAM Identity Center user guide, "Quotas" (15 outstanding asynchronous calls; one role updated at a time per
/// account). Whether deletions count among the 15 is not said; here they do.
final class AssignmentOperations: Sendable {
    static let outstandingLimit = 15

    private let ssoAdmin: ServiceClient
    private let forms: IdentifierForms
    private let memory: Memory
    private let pauses: Pauses
    private let poller: StatusPoller
    private let accounts = KeyedGate<AccountID>()
    private let places = Gate(width: AssignmentOperations.outstandingLimit)

    init(ssoAdmin: ServiceClient, forms: IdentifierForms, memory: Memory, pauses: Pauses) {
        self.ssoAdmin = ssoAdmin
        self.forms = forms
        self.memory = memory
        self.pauses = pauses
        poller = StatusPoller(ssoAdmin: ssoAdmin, pauses: pauses)
    }

    /// Makes or deletes an assignment and waits until that has ended.
    func perform(
        _ operation: AssignmentOperation,
        _ assignment: AccountAssignment,
        _ instance: InstanceRow
    ) async throws(CallFailure) -> Receipt {
        let call = ssoAdmin.named(operation.begin, shown(assignment))
        let receipt = try await accounts.pass(assignment.account) { () async throws(CallFailure) -> Receipt? in
            try await places.pass { () async throws(CallFailure) -> Receipt in
                try await persist(operation, assignment, instance, call)
            }
        }
        guard let receipt, let receipt else { throw CallFailure(call.cancelled) }
        return receipt
    }

    /// A group that was made moments ago may be unknown to sso-admin still; then the operation ends with a reason that
    /// has the identity store's 404 in it.
    private func persist(
        _ operation: AssignmentOperation,
        _ assignment: AccountAssignment,
        _ instance: InstanceRow,
        _ call: Call
    ) async throws(CallFailure) -> Receipt {
        try await pauses.persist(
            .freshObject,
            call,
            while: { failure in
                operation == .creation && memory.madeAny(of: [assignment.principal.id])
                    && (failure.kind == .notFound || failure.upstream.message.contains("404"))
            }
        ) { () async throws(CallFailure) in
            try await once(operation, assignment, instance, call)
        }
    }

    private func once(
        _ operation: AssignmentOperation,
        _ assignment: AccountAssignment,
        _ instance: InstanceRow,
        _ call: Call
    ) async throws(CallFailure) -> Receipt {
        let begun: OperationRow
        do { begun = try await begin(operation, assignment, instance, call) } catch {
            guard operation == .deletion, error.kind == .notFound else { throw error }
            return try await checkDeleted(assignment, instance, error)
        }
        var standing = begun.standing
        if standing == .inProgress {
            do { standing = try await poller.end(of: begun.requestID, operation, call, instance) } catch {
                guard error.kind == .notFound else { throw error }
                return try await checkEffect(of: operation, assignment, instance, error)
            }
        }
        guard case .failed(let reason) = standing else { return Receipt(requestID: begun.requestID) }
        let failure = CallFailure(
            call.error(.rejected, code: "FAILED", message: reason, requestID: begun.requestID)
        )
        switch operation {
        case .deletion: return try await checkDeleted(assignment, instance, failure)
        // The one that failed may be the second, because the first one's answer was lost.
        case .creation: return try await checkEffect(of: operation, assignment, instance, failure)
        }
    }

    /// Begins the operation; while another change of the same account, set or principal is under way, it is tried again.
    private func begin(
        _ operation: AssignmentOperation,
        _ assignment: AccountAssignment,
        _ instance: InstanceRow,
        _ call: Call
    ) async throws(CallFailure) -> OperationRow {
        let input = instance.input([
            "TargetId": .text(assignment.account.value),
            "TargetType": "AWS_ACCOUNT",
            "PermissionSetArn": .text(assignment.permissionSet.value),
            "PrincipalType": .text(assignment.principal.type.rawValue),
            "PrincipalId": .text(forms.wire(assignment.principal.id)),
        ])
        return try await pauses.persist(.conflict, call, while: { $0.kind == .conflict }) {
            () async throws(CallFailure) in
            try await ssoAdmin.call(call.operation, input, object: call.object, as: OperationAnswer.self).value
                .operation
        }
    }

    /// After a deletion that failed: that is as good as done where the assignment is not there.
    ///
    /// The deletion may be the second one, because the first one's answer was lost: then that one ends in a while.
    private func checkDeleted(
        _ assignment: AccountAssignment,
        _ instance: InstanceRow,
        _ failure: CallFailure
    ) async throws(CallFailure) -> Receipt {
        let call = ssoAdmin.named("ListAccountAssignments", shown(assignment))
        let gone = try await pauses.persist(.deletionInFlight, call) { (_) async throws(CallFailure) -> Bool? in
            try await holders(of: assignment.pair, instance).contains(assignment) ? nil : true
        }
        guard gone == true else { throw failure }
        return failure.standing()
    }

    /// After an operation that failed, or that the service no longer knows: whether its effect stands all the same.
    private func checkEffect(
        of operation: AssignmentOperation,
        _ assignment: AccountAssignment,
        _ instance: InstanceRow,
        _ failure: CallFailure
    ) async throws(CallFailure) -> Receipt {
        guard let holders = try? await holders(of: assignment.pair, instance),
            holders.contains(assignment) == (operation == .creation)
        else { throw failure }
        return failure.standing()
    }

    /// All holders of a pair; a pair of which the service knows nothing has none.
    func holders(of pair: AccessPair, _ instance: InstanceRow) async throws(CallFailure) -> [AccountAssignment] {
        let object = "account \(pair.account) with \(pair.permissionSet)"
        let listing = Listing<AssignmentRow>(
            operation: "ListAccountAssignments",
            rows: "AccountAssignments",
            input: instance.input([
                "AccountId": .text(pair.account.value), "PermissionSetArn": .text(pair.permissionSet.value),
            ]),
            object: object,
            allowsRepeatsWithinPage: true
        ) { $0.key }
        let rows: [AccountAssignment]
        do { rows = try await ssoAdmin.walk(listing) { _ in true }.map { $0.assignment(forms) } } catch {
            if error.kind == .notFound { return [] }
            throw error
        }
        if let stray = rows.first(where: { $0.pair != pair }) {
            let call = ssoAdmin.named(listing.operation, object)
            throw CallFailure(call.malformed("the answer has an assignment on account \(stray.account)"))
        }
        return Array(Set(rows))
    }

    private func shown(_ assignment: AccountAssignment) -> String {
        "\(assignment.principal.shown) on account \(assignment.account) with \(assignment.permissionSet)"
    }
}

extension Persistence {
    /// A deletion whose answer was lost ends within some seconds.
    fileprivate static let deletionInFlight = Persistence(tries: 4, firstPauseSeconds: 1, longestPauseSeconds: 8)
}
