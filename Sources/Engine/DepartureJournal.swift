public import Model
internal import Report

/// The run in the ledger under which people are taken out.
///
public actor DepartureJournal {
    private let ledger: any Ledger
    private let record: RunRecord
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
    ///   - owner: the bridge's owner mark.
    ///   - by: the system's user and host that run it.
    public init(
        _ ledger: any Ledger,
        command: String,
        run: Int64? = nil,
        problem: LedgerError? = nil,
        owner: String? = nil,
        by: String? = nil
    ) {
        self.ledger = ledger
        record = RunRecord(command: command, startedAt: Timestamp(seconds: 0), owner: owner, by: by)
        self.run = run
        isOwner = run == nil
        if let problem { problems.append(problem) }
    }

    /// Whether everything could be written so far.
    public var isWhole: Bool { problems.isEmpty }

    /// The latest run that had begun when this was asked: called right after departures were recorded, every later run
    /// has seen them (`DESIGN.md`, Departures 6). Nil where the ledger that was configured cannot be used.
    ///
    /// Within a run of somebody else, which holds the run lock itself, only those before it.
    func fence() async -> Int64? {
        guard problems.isEmpty else { return nil }
        if !isOwner, let run { return run - 1 }
        do throws(LedgerError) { return try await ledger.runs(limit: 1).first?.id ?? 0 } catch {
            fail(error)
            return nil
        }
    }

    /// Notes a failure of the ledger.
    public func fail(_ error: LedgerError) { if !problems.contains(error) { problems.append(error) } }

    /// Begins the run, once.
    public func begin(at now: Timestamp) async {
        guard run == nil else { return }
        do throws(LedgerError) {
            var record = record
            record.startedAt = now
            run = try await ledger.begin(record)
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
