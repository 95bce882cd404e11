public import Model
internal import Report

/// The run in the ledger under which people are taken out.
///
/// It is begun only after the departures are recorded: a run with a later id has seen them (`DESIGN.md`, Departures 6).
public actor DepartureJournal {
    private let ledger: any Ledger
    private let command: String
    private let isOwner: Bool
    /// The ledger's failures, in the order in which they came.
    public private(set) var problems: [LedgerError] = []
    /// The run's id; nil while it is not begun, and where the ledger gave none.
    public private(set) var run: Int64?

    /// A journal.
    ///
    /// - Parameters:
    ///   - run: a run that is begun already, and that somebody else ends.
    ///   - problem: why the ledger that was configured is not the one that is written to.
    public init(_ ledger: any Ledger, command: String, run: Int64? = nil, problem: LedgerError? = nil) {
        self.ledger = ledger
        self.command = command
        self.run = run
        isOwner = run == nil
        if let problem { problems.append(problem) }
    }

    /// Whether everything could be written so far.
    public var isWhole: Bool { problems.isEmpty }

    /// The run's id as the run lock knows it: nil where the ledger that was configured cannot be used.
    var orderedRun: Int64? { problems.isEmpty ? run : nil }

    /// Notes a failure of the ledger.
    public func fail(_ error: LedgerError) { if !problems.contains(error) { problems.append(error) } }

    /// Begins the run, once.
    public func begin(at now: Timestamp) async {
        guard run == nil else { return }
        do throws(LedgerError) {
            run = try await ledger.begin(RunRecord(command: command, startedAt: now))
        } catch {
            fail(error)
        }
    }

    /// Notes what was done for a person.
    func note(_ person: OffboardedPerson, _ names: AccessNames, at now: Timestamp) async {
        guard let run else { return }
        let records = person.records(run: run, names: names, at: now)
        guard !records.isEmpty else { return }
        do throws(LedgerError) { try await ledger.note(records) } catch { fail(error) }
    }

    /// Ends the run, where it is this journal's own.
    public func end(at now: Timestamp, exitCode: Int32, outcome: String) async {
        guard isOwner, let run else { return }
        do throws(LedgerError) {
            try await ledger.end(run: run, at: now, exitCode: Int(exitCode), outcome: outcome)
        } catch {
            fail(error)
        }
    }
}

extension OffboardedPerson {
    /// The records of what was done and of what failed. None of it counts for brakes: an offboarding is a decision.
    func records(run: Int64, names: AccessNames, at now: Timestamp) -> [ActionRecord] {
        func record(_ write: Write, _ status: ActionRecord.Status, _ at: Timestamp) -> ActionRecord {
            let access = names.access(write)
            var record = ActionRecord(
                run: run,
                actionID: "\(write.kindName) \(userID?.value ?? asked) \(write.sortKey)",
                kind: write.kindName,
                group: access.group ?? access.application,
                groupID: write.groupID?.value,
                user: name,
                userID: userID?.value,
                account: access.account,
                permissionSet: access.permissionSet,
                status: status,
                at: at,
                countsForBrakes: false
            )
            record.reason = names.isOwned(write.groupID) ? "departed" : "departed, outside the mapping"
            return record
        }
        var records = (marks + withdrawn + userWrites).map { access in
            var result = record(access.write, .done, access.at)
            result.requestID = access.receipt.requestID
            if access.receipt.stoodAlready { result.message = "stood already" }
            return result
        }
        for access in standing {
            guard let write = access.write else { continue }
            var result = record(write, .failed, now)
            result.requestID = access.error.requestID
            result.message = access.error.description
            records.append(result)
        }
        return records
    }
}

extension Write {
    /// The group that the call concerns, where it is known by id.
    var groupID: GroupID? {
        switch self {
        case .removeMember(let group, _, _), .addMember(let group, _), .deleteGroup(let group, _),
            .updateGroup(let group, _, _, _):
            group
        default: nil
        }
    }
}
