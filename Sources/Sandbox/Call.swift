public import HTTPServer

/// One call that reached a simulated service.
public struct Call: Sendable {
    /// Counts the calls of this sandbox, from 1.
    public internal(set) var number: Int
    /// `google`, `google-token`, `identitystore`, `sso-admin`, `organizations`, `sts`, `iam`, `scim`, `metadata` ….
    public var service: String
    /// The operation as the API names it: `users.list`, `ListGroups`.
    public var operation: String
    /// The parameters: a JSON body's members, or the path's and the query's by name. Secrets are left out.
    public var parameters: [String: JSONValue]
    /// Whether the operation changes something.
    public var isWrite: Bool
    /// When it came, in seconds since 1970 by the sandbox's clock.
    public internal(set) var time: Double
    /// The request as it came.
    public var request: ServerRequest

    /// A call, before it is counted.
    public init(
        service: String,
        operation: String,
        parameters: [String: JSONValue] = [:],
        isWrite: Bool = false,
        request: ServerRequest
    ) {
        number = 0
        time = 0
        self.service = service
        self.operation = operation
        self.parameters = parameters
        self.isWrite = isWrite
        self.request = request
    }

    /// A parameter that is a text.
    public func text(_ name: String) -> String? { parameters[name]?.text }
}

/// A call that was answered, for tests that count.
public struct CallRecord: Sendable {
    /// Counts the calls, from 1.
    public var number: Int
    /// The service.
    public var service: String
    /// The operation.
    public var operation: String
    /// The parameters, without secrets.
    public var parameters: [String: JSONValue]
    /// Whether the operation changes something.
    public var isWrite: Bool
    /// When it came, in seconds since 1970 by the sandbox's clock.
    public var time: Double
    /// The status that was answered; nil while it runs, and where no answer was sent.
    public var status: Int?
    /// The error's code, where one was answered.
    public var code: String?
    /// Whether the operation was carried out (a fault may have swallowed its answer).
    public var wasPerformed: Bool

    /// A parameter that is a text.
    public func text(_ name: String) -> String? { parameters[name]?.text }
}
