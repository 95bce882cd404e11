internal import Model

/// The two asynchronous operations on account assignments, in the API's words.
enum AssignmentOperation: Hashable, Sendable, CaseIterable {
    case creation
    case deletion

    /// The call that begins it.
    var begin: String {
        switch self {
        case .creation: "CreateAccountAssignment"
        case .deletion: "DeleteAccountAssignment"
        }
    }

    /// The call that tells how one stands.
    var describe: String {
        switch self {
        case .creation: "DescribeAccountAssignmentCreationStatus"
        case .deletion: "DescribeAccountAssignmentDeletionStatus"
        }
    }

    /// The member of `describe`'s input that names the operation.
    var requestMember: String {
        switch self {
        case .creation: "AccountAssignmentCreationRequestId"
        case .deletion: "AccountAssignmentDeletionRequestId"
        }
    }

    /// The listing that tells how all of them stand.
    var list: String {
        switch self {
        case .creation: "ListAccountAssignmentCreationStatus"
        case .deletion: "ListAccountAssignmentDeletionStatus"
        }
    }

    /// The member of `list`'s answer that holds the rows.
    var rows: String {
        switch self {
        case .creation: "AccountAssignmentsCreationStatus"
        case .deletion: "AccountAssignmentsDeletionStatus"
        }
    }
}

/// How an operation stands.
enum OperationStanding: Hashable, Sendable {
    case inProgress
    case succeeded
    /// `FailureReason`: free text, to be shown and not to be read by programs.
    case failed(String)
}

/// An operation as the service describes it: in a member of its own for each of the two kinds.
struct OperationAnswer: Decodable, Sendable {
    var operation: OperationRow

    enum CodingKeys: String, CodingKey {
        case creation = "AccountAssignmentCreationStatus"
        case deletion = "AccountAssignmentDeletionStatus"
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        let key: CodingKeys = members.contains(.deletion) ? .deletion : .creation
        operation = try members.decode(OperationRow.self, forKey: key)
    }
}

/// An operation's standing, in an answer or in a row of a listing.
struct OperationRow: Decodable, Sendable {
    var status: Status
    var requestID: String
    var failureReason: String?

    enum Status: String, Decodable, Sendable {
        case inProgress = "IN_PROGRESS"
        case succeeded = "SUCCEEDED"
        case failed = "FAILED"
    }

    enum CodingKeys: String, CodingKey {
        case status = "Status"
        case requestID = "RequestId"
        case failureReason = "FailureReason"
    }

    var standing: OperationStanding {
        switch status {
        case .inProgress: .inProgress
        case .succeeded: .succeeded
        case .failed: .failed(failureReason ?? "no reason given")
        }
    }
}
