internal import Model

extension IdentityCenter {
    /// Makes or deletes an account assignment.
    func change(
        _ operation: AssignmentOperation,
        _ assignment: AccountAssignment,
        _ instance: InstanceRow
    ) async throws(CallFailure) -> Receipt {
        do { return try await operations.perform(operation, assignment, instance) } catch {
            guard error.kind == .refused, managementAccount.value == .some(.some(assignment.account)) else {
                throw error
            }
            throw error.settled(
                "refused in the management account",
                advice:
                    "a delegated administrator cannot change assignments there: run with the management account's role"
            )
        }
    }

    func deleteApplicationAssignment(
        _ application: String,
        _ principal: Principal,
        _ instance: InstanceRow
    ) async throws(CallFailure) -> Receipt {
        let object = "\(principal.shown) on \(application)"
        let call = ssoAdmin.named("DeleteApplicationAssignment", object)
        let input: Document = [
            "ApplicationArn": .text(application),
            "PrincipalId": .text(forms.wire(principal.id)),
            "PrincipalType": .text(principal.type.rawValue),
        ]
        return try await pauses.persist(.conflict, call, while: { $0.kind == .conflict }) {
            () async throws(CallFailure) in
            do throws(CallFailure) {
                let answer: Answer<Nothing> = try await ssoAdmin.call(call.operation, input, object: object)
                return Receipt(requestID: answer.requestID)
            } catch {
                guard error.kind == .notFound else { throw error }
                let held: [Holdings.ApplicationAssignment]
                do throws(UpstreamError) {
                    held = try await applicationAssignments(of: principal, firstAlone: false)
                } catch {
                    throw CallFailure(error)
                }
                if held.contains(where: { $0.applicationARN == application }) { throw error }
                return error.standing()
            }
        }
    }
}
