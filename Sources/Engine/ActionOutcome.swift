public import Model

/// What came of one action.
public struct ActionOutcome: Sendable {
    /// How an action ended.
    public enum Status: Sendable {
        /// Done, or its effect stood already.
        case done(Receipt)
        /// Failed; the error keeps the request id.
        case failed(UpstreamError)
        /// Not begun, since the action with this id, which it rests on, did not succeed.
        case skipped(restsOn: String)
        /// Held back: a second look disagreed or gave no answer, or the person has departed meanwhile.
        case kept(String)
        /// Not begun, since the run was told to stop.
        case stopped
    }

    /// The action.
    public var action: Action
    /// How it ended.
    public var status: Status
    /// When it ended.
    public var at: Timestamp

    /// What came of one action.
    public init(action: Action, status: Status, at: Timestamp) {
        self.action = action
        self.status = status
        self.at = at
    }

    /// Whether its effect stands.
    public var isDone: Bool {
        if case .done = status { true } else { false }
    }
}

extension ActionOutcome {
    /// The record of the outcome for the ledger.
    public func record(run: Int64, isAllowed: Bool) -> ActionRecord {
        var record = action.record(run: run, status: .begun, at: at, isAllowed: isAllowed)
        switch status {
        case .done(let receipt):
            record.status = .done
            record.requestID = receipt.requestID
            if action.kind == .createGroup, let id = receipt.createdID { record.groupID = id }
            if receipt.stoodAlready { record.message = "stood already" }
        case .failed(let error):
            record.status = .failed
            record.requestID = error.requestID
            record.message = "\(error)"
        case .skipped(let id):
            record.status = .skipped
            record.message = "rests on \(id), which did not succeed"
        case .kept(let reason):
            record.status = .kept
            record.message = reason
        case .stopped:
            record.status = .skipped
            record.message = "the run was told to stop"
        }
        return record
    }
}

extension Action {
    func record(run: Int64, status: ActionRecord.Status, at: Timestamp, isAllowed: Bool) -> ActionRecord {
        ActionRecord(
            run: run,
            actionID: id,
            kind: kind.rawValue,
            group: group,
            groupID: groupID?.value,
            user: user,
            userID: userID?.value,
            account: account?.value,
            permissionSet: permissionSet,
            status: status,
            at: at,
            reason: reasonText,
            isAllowed: isAllowed,
            countsForBrakes: !passesBrakes
        )
    }

    private var reasonText: String {
        if !ended.isEmpty { return ended.joined(separator: ", ") }
        return because.map { because in
            let place = "\(because.file):\(because.line)"
            return because.via.map { "\($0) (\(place))" } ?? place
        }.joined(separator: ", ")
    }
}
