internal import Crypto

/// How a list is cut into pages, with tokens that are opaque and bound to what was asked.
struct Paging {
    /// What the faults of this call do to the page.
    var effects: [Fault.Effect]
    /// What every list of this service begins with.
    var beginsEmpty = false

    struct Page<Element> {
        var elements: ArraySlice<Element>
        var token: String?
    }

    /// A token that is not one of this list's.
    struct BadToken: Error {}

    /// One page.
    ///
    /// - Parameters:
    ///   - size: the most elements.
    ///   - token: the token that the caller sent.
    ///   - binding: what a token is bound to; the same list asked otherwise refuses it.
    ///   - key: tells the elements apart, so that removing one in between skips none.
    func page<Element>(
        of elements: [Element],
        size: Int,
        token: String?,
        binding: String,
        key: (Element) -> String
    ) throws(BadToken) -> Page<Element> {
        var start = 0
        var isFirst = true
        if let token {
            guard let position = Position(token, binding: binding) else { throw BadToken() }
            start = position.resume(in: elements, key: key)
            isFirst = false
            if position.isExpired { throw BadToken() }
        }
        var end = min(start + size, elements.count)
        if isFirst && beginsEmpty || effects.contains(where: \.isEmptyPage) { end = start }
        var next = end < elements.count || end == start && start < elements.count ? end : nil
        var isExpired = false
        for effect in effects {
            switch effect {
            case .repeatedPageToken, .duplicatePage: next = start
            case .missingPage: next = next.map { min($0 + size, elements.count) }
            case .endsEarly: next = nil
            case .expiredPageToken: isExpired = true
            default: break
            }
        }
        let salt = effects.contains(where: \.isDuplicatePage) ? "again" : ""
        let mark = next.map { index in
            let last = index > 0 ? key(elements[index - 1]) : ""
            let following = index < elements.count ? key(elements[index]) : ""
            return Position(index: index, last: last, following: following, isExpired: isExpired)
                .token(binding: binding, salt: salt)
        }
        if effects.contains(where: \.isRepeatedPageToken), let token {
            return Page(elements: elements[start..<end], token: token)
        }
        return Page(elements: elements[start..<end], token: mark)
    }

    /// Where a page begins: by place, and by the elements on either side of it.
    private struct Position {
        var index: Int
        var last: String
        var following: String
        var isExpired: Bool

        init(index: Int, last: String, following: String, isExpired: Bool) {
            self.index = index
            self.last = last
            self.following = following
            self.isExpired = isExpired
        }

        init?(_ token: String, binding: String) {
            guard let bytes = Base64URL.decode(token), let value = JSONValue(parsing: bytes),
                value["check"]?.text == Self.check(binding), let index = value["index"]?.integer
            else { return nil }
            self.index = index
            last = value["last"]?.text ?? ""
            following = value["following"]?.text ?? ""
            isExpired = value["expired"] == true
        }

        func token(binding: String, salt: String) -> String {
            let value: JSONValue = [
                "index": .integer(index),
                "last": .string(last),
                "following": .string(following),
                "expired": .bool(isExpired),
                "salt": .string(salt),
                "check": .string(Self.check(binding)),
            ]
            return Base64URL.encode(Array(value.description.utf8))
        }

        func resume<Element>(in elements: [Element], key: (Element) -> String) -> Int {
            if index == 0 || index <= elements.count && key(elements[index - 1]) == last { return index }
            if let found = elements.firstIndex(where: { key($0) == last }) { return found + 1 }
            if let found = elements.firstIndex(where: { key($0) == following }) { return found }
            return min(max(0, index - 1), elements.count)
        }

        private static func check(_ binding: String) -> String {
            String(Identifier.digest("page", binding).prefix(12))
        }
    }
}

extension Fault.Effect {
    fileprivate var isEmptyPage: Bool { if case .emptyPage = self { true } else { false } }
    fileprivate var isDuplicatePage: Bool { if case .duplicatePage = self { true } else { false } }
    fileprivate var isRepeatedPageToken: Bool { if case .repeatedPageToken = self { true } else { false } }
}
