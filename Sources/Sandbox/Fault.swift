public import HTTPServer

/// Something that goes wrong on purpose: which calls, which of them, and how.
public struct Fault: Sendable {
    /// Which calls.
    public var match: Match
    /// Which of the calls that match, counted from 1 since the fault was injected.
    public var occurrence: Occurrence
    /// What happens.
    public var effect: Effect

    /// A fault; the default is every call that matches.
    public init(_ match: Match, _ occurrence: Occurrence = .every, _ effect: Effect) {
        self.match = match
        self.occurrence = occurrence
        self.effect = effect
    }

    /// Which calls a fault concerns; what is nil matches everything.
    public struct Match: Sendable {
        /// The service.
        public var service: String?
        /// The operation.
        public var operation: String?
        /// A further condition.
        public var condition: (@Sendable (Call) -> Bool)?

        /// Calls of a service, of one of its operations, that fulfil a condition.
        public init(
            _ service: String? = nil,
            _ operation: String? = nil,
            where condition: (@Sendable (Call) -> Bool)? = nil
        ) {
            self.service = service
            self.operation = operation
            self.condition = condition
        }

        /// Calls of a service.
        public static func service(_ name: String) -> Match { Match(name) }
        /// Calls of an operation.
        public static func operation(_ service: String, _ operation: String) -> Match { Match(service, operation) }
        /// Calls that change something.
        public static let writes = Match { $0.isWrite }

        func fits(_ call: Call) -> Bool {
            (service ?? call.service) == call.service && (operation ?? call.operation) == call.operation
                && condition?(call) ?? true
        }
    }

    /// Which of the calls that match.
    public enum Occurrence: Hashable, Sendable {
        /// Each.
        case every
        /// The nth.
        case nth(Int)
        /// The first n.
        case first(Int)
        /// The nth and all later ones.
        case from(Int)
        /// Each nth: the nth, the 2nth, ….
        case eachNth(Int)

        func includes(_ number: Int) -> Bool {
            switch self {
            case .every: true
            case .nth(let wanted): number == wanted
            case .first(let count): number <= count
            case .from(let first): number >= first
            case .eachNth(let step): step > 0 && number.isMultiple(of: step)
            }
        }
    }

    /// What happens to a call.
    public enum Effect: Sendable {
        /// It is answered so many seconds late.
        case latency(seconds: Double)
        /// It is throttled as this service does it, with `Retry-After` where given; nothing is carried out.
        case throttled(retryAfter: Int? = nil)
        /// Google's 403 of a quota, with this reason; nothing is carried out.
        case quotaExceeded(reason: String = "userRateLimitExceeded")
        /// The service fails with 500, 502, 503 or 504; nothing is carried out.
        case serverError(Int = 500)
        /// It is refused with this code, in this service's form; nothing is carried out.
        case refused(code: String, message: String = "refused by a scripted fault", status: Int = 400)
        /// This is answered in place of the service; nothing is carried out.
        case answer(ServerResponse)
        /// The connection is closed without an answer; `performed`: after it was carried out.
        case closed(performed: Bool)
        /// The connection is reset without an answer; `performed`: after it was carried out.
        case reset(performed: Bool)
        /// It is carried out, and the answer ends after so many bytes of the announced body.
        case truncated(after: Int)
        /// It is carried out, and the answer's JSON is cut in the middle, with a length that agrees.
        case malformedJSON
        /// It is carried out, and every list in the answer is a text instead.
        case wrongTypes
        /// It is carried out, and the answer's JSON is changed.
        case edited(@Sendable (JSONValue) -> JSONValue)
        /// The page's token leads to this same page again, for ever.
        case repeatedPageToken
        /// The page's token leads past the following page.
        case missingPage
        /// The page is given a second time, with another token.
        case duplicatePage
        /// The page has no token although there is more.
        case endsEarly
        /// The page is empty and its token leads to what it should have held.
        case emptyPage
        /// The page's token is answered as expired or unknown when it comes back.
        case expiredPageToken
        /// It reads the state as it stood before the last so many writes.
        case staleRead(writes: Int = 1)
        /// The assignment or provisioning operation it starts is done only after so many looks and seconds.
        case slowOperation(polls: Int, seconds: Double = .infinity)
        /// The assignment or provisioning operation it starts ends `FAILED`.
        case failedOperation(reason: String = "An unexpected internal service exception was encountered")
    }
}

extension Fault.Effect {
    /// Whether the call is carried out.
    var performs: Bool {
        switch self {
        case .throttled, .quotaExceeded, .serverError, .refused, .answer: false
        case .closed(let performed), .reset(let performed): performed
        default: true
        }
    }
}
