internal import Model

/// What a call is about, for errors.
struct CallName: Hashable, Sendable {
    /// `graph`, or `entra` for the identity platform.
    var service = "graph"
    /// The operation: `users.list`, `token`.
    var operation: String
    /// The object asked for.
    var object: String?

    /// A failure of this call.
    func error(
        _ kind: UpstreamError.Kind,
        code: String? = nil,
        message: String,
        requestID: String? = nil,
        advice: String? = nil
    ) -> UpstreamError {
        UpstreamError(
            kind,
            service: service,
            operation: operation,
            object: object,
            code: code,
            message: message,
            requestID: requestID,
            advice: advice
        )
    }
}

/// A call that failed, with what the flow needs to decide how to go on.
struct CallFailure: Error {
    /// The failure, for a person.
    var error: UpstreamError
    /// The status of the last answer, where there was one.
    var status: Int?
    /// What the last answer said.
    var body: GraphErrorBody?
    /// The service's time by the last answer's `Date`, in seconds since 1970.
    var serverDate: Double?

    /// A failure without an answer.
    init(_ error: UpstreamError) { self.error = error }

    /// Whether Graph itself says that there is no such object, and not something in between that knows no such page.
    ///
    /// A person's membership may be withdrawn on the strength of it, so it must be Graph's own error body.
    var isNotFound: Bool {
        status == 404
            && ["Request_ResourceNotFound", "ResourceNotFound", "Directory_ObjectNotFound"].contains(body?.code)
    }

    /// Whether the page's token has expired: the listing is to be begun anew.
    var saysPageExpired: Bool { status == 400 && body?.code == "Directory_ExpiredPageToken" }
}
