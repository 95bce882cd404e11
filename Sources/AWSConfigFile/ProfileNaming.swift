internal import Model

/// Names profiles, so that a name never depends on the order of accounts (`ACCESS.md` 8).
struct ProfileNaming {
    /// The template, with `{permissionSet}` and `{account}` or `{accountId}`.
    let template: String

    /// The names of all, in their order.
    func names(of access: [ProfileAccess]) -> [String] {
        var names = access.map { ProfileNaming.sanitized(filled($0)) }
        // Each round lengthens what falls together; there are fewer rounds than profiles.
        for _ in access.indices {
            let together = Dictionary(grouping: names.indices) { names[$0] }.values.filter { $0.count > 1 }
            if together.isEmpty { break }
            for places in together { lengthen(places, &names, access) }
        }
        return names
    }

    /// Where all that fall together are of one account, its id parts nothing: there the permission set does.
    private func lengthen(_ places: [Int], _ names: inout [String], _ access: [ProfileAccess]) {
        let isOneAccount = Set(places.map { access[$0].account }).count == 1
        for place in places {
            names[place] += "-" + (isOneAccount ? access[place].permissionSet : access[place].account.value)
        }
    }

    /// One pass over the template: what an account is called is never taken for a placeholder.
    private func filled(_ access: ProfileAccess) -> String {
        let values = [
            "{account}": access.accountName, "{accountId}": access.account.value,
            "{permissionSet}": access.permissionSet,
        ]
        var result = ""
        var rest = Substring(template)
        while let character = rest.first {
            if let (word, value) = values.first(where: { rest.hasPrefix($0.key) }) {
                result += value
                rest = rest.dropFirst(word.count)
            } else {
                result.append(character)
                rest = rest.dropFirst()
            }
        }
        return result
    }

    /// Characters outside `[A-Za-z0-9_.+=,@/-]` become `-`; a run of `-` that this makes becomes one.
    static func sanitized(_ text: String) -> String {
        var result: [UInt8] = []
        var run = 0
        var isMade = false
        func end() { result += Array(repeating: UInt8(ascii: "-"), count: isMade ? 1 : run) }
        for scalar in text.unicodeScalars {
            let byte = isAllowed(scalar) ? UInt8(scalar.value) : nil
            if byte == nil || byte == UInt8(ascii: "-") {
                run += 1
                isMade = isMade || byte == nil
            } else if let byte {
                if run > 0 { end() }
                (run, isMade) = (0, false)
                result.append(byte)
            }
        }
        if run > 0 { end() }
        return String(decoding: result, as: UTF8.self)
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "A"..."Z", "a"..."z", "0"..."9", "_", ".", "+", "=", ",", "@", "/", "-": true
        default: false
        }
    }
}
