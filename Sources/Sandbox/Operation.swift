/// An asynchronous operation: an assignment made or taken, or a permission set provisioned.
struct Operation {
    enum Work {
        case create(World.Assignment)
        case delete(World.Assignment)
        case provision(permissionSet: String, accounts: [String])
    }
    enum Status: String {
        case inProgress = "IN_PROGRESS"
        case succeeded = "SUCCEEDED"
        case failed = "FAILED"
    }

    var id: String
    var work: Work
    var status = Status.inProgress
    var failureReason: String?
    /// Why it will fail; nil: it will succeed.
    var doom: String?
    var createdAt: Double
    var dueAt: Double
    var pollsLeft: Int

    /// Whether it takes one of the outstanding places.
    var isOutstandingAssignment: Bool {
        if case .provision = work { return false }
        return status == .inProgress
    }

    /// The accounts and set whose role it works on.
    var provisionings: [World.Provisioning] {
        switch work {
        case .create(let assignment), .delete(let assignment): [assignment.provisioning]
        case .provision(let set, let accounts): accounts.map { World.Provisioning(account: $0, permissionSet: set) }
        }
    }
}

extension SandboxState {
    /// Accepts an operation under the faults of this call.
    mutating func start(_ work: Operation.Work, doom: String? = nil) -> Operation {
        var operation = Operation(
            id: newID("operation"),
            work: work,
            doom: doom,
            createdAt: now,
            dueAt: now + world.behaviour.operationSeconds,
            pollsLeft: world.behaviour.operationPolls
        )
        for effect in effects {
            switch effect {
            case .slowOperation(let polls, let seconds):
                operation.pollsLeft = polls
                operation.dueAt = now + seconds
            case .failedOperation(let reason): operation.doom = reason
            default: break
            }
        }
        operations.append(operation)
        return operation
    }

    /// Ends the operations whose time has come.
    mutating func settleOperations() {
        for index in operations.indices where operations[index].status == .inProgress && operations[index].dueAt <= now
        {
            end(index)
        }
    }

    /// Looks at an operation, which may end it.
    mutating func look(at id: String) -> Operation? {
        guard let index = operations.firstIndex(where: { $0.id == id }) else { return nil }
        if operations[index].status == .inProgress {
            if operations[index].pollsLeft <= 0 { end(index) }
            operations[index].pollsLeft -= 1
        }
        return operations[index]
    }

    private mutating func end(_ index: Int) {
        if let doom = operations[index].doom {
            operations[index].status = .failed
            operations[index].failureReason = doom
            return
        }
        operations[index].status = .succeeded
        switch operations[index].work {
        case .create(let assignment):
            if !world.identityCenter.assignments.contains(assignment) {
                world.identityCenter.assignments.append(assignment)
            }
        case .delete(let assignment):
            world.identityCenter.assignments.removeAll { $0 == assignment }
            if !world.identityCenter.assignments.contains(where: { $0.provisioning == assignment.provisioning }) {
                world.identityCenter.outdated.remove(assignment.provisioning)
            }
        case .provision:
            for pair in operations[index].provisionings { world.identityCenter.outdated.remove(pair) }
        }
    }
}
