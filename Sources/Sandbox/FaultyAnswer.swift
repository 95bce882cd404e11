internal import HTTPServer

/// What faults do to an answer on its way out.
enum FaultyAnswer {
    /// Waits for all latencies together.
    static func wait(_ effects: [Fault.Effect]) async {
        for effect in effects {
            if case .latency(let seconds) = effect { try? await Task.sleep(for: .seconds(seconds)) }
        }
    }

    /// The response as the faults leave it.
    static func damaged(_ reply: Reply, by effects: [Fault.Effect]) -> ServerResponse {
        var reply = reply
        for effect in effects {
            switch effect {
            case .wrongTypes: reply.json = reply.json.map(listsAsTexts)
            case .edited(let edit): reply.json = reply.json.map(edit)
            default: break
            }
        }
        var response = reply.response
        for effect in effects { apply(effect, to: &response) }
        return response
    }

    private static func apply(_ effect: Fault.Effect, to response: inout ServerResponse) {
        switch effect {
        case .answer(let scripted): response = scripted
        case .closed: response.behaviour = .closeBefore
        case .reset: response.behaviour = .reset
        case .truncated(let count): response.behaviour = .truncate(after: count)
        case .malformedJSON: response.body = Array(response.body.prefix(response.body.count / 2)) + Array("\u{1}".utf8)
        default: break
        }
    }

    private static func listsAsTexts(_ value: JSONValue) -> JSONValue {
        guard case .object(let members) = value else { return value }
        return .object(
            members.mapValues { member in
                if case .array = member { return "this should be a list" }
                return member
            }
        )
    }
}

extension Fault.Effect {
    /// The refusal that this effect makes a service answer with.
    func refusal(by service: any CloudService) -> Refusal? {
        switch self {
        case .throttled(let retryAfter):
            return service.throttled(retryAfter: retryAfter)
        case .quotaExceeded(let reason):
            return Refusal(reason, "Quota exceeded for quota metric 'Queries'.", status: 403)
        case .serverError(let status):
            return service.failed(status: status)
        case .refused(let code, let message, let status):
            return Refusal(code, message, status: status)
        default:
            return nil
        }
    }

    var isStale: Bool { stalenessInWrites != nil }

    var stalenessInWrites: Int? {
        guard case .staleRead(let writes) = self else { return nil }
        return writes
    }
}
