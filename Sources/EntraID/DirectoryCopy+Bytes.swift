internal import Crypto

/// The copy as bytes: counts and lengths as variable-length integers, texts as UTF-8, SHA-256 of all at the end.
extension DirectoryCopy {
    /// The copy as bytes.
    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.text(DirectoryCopy.version)
        writer.text(scope)
        writer.part(users) { writer, user in
            writer.text(user.userPrincipalName)
            writer.optional(user.mail)
            writer.count(user.proxyAddresses.count)
            for address in user.proxyAddresses { writer.text(address) }
            for text in [user.displayName, user.givenName, user.surname, user.userType, user.employeeLeaveDateTime] {
                writer.optional(text)
            }
            writer.flag(user.accountEnabled)
        }
        writer.part(groups) { writer, group in
            writer.text(group.displayName)
            writer.flag(group.isHidden)
            writer.flag(group.members != nil)
            guard let members = group.members else { return }
            writer.count(members.count)
            for (id, kind) in members.sorted(by: { $0.key < $1.key }) {
                writer.id(id)
                writer.count(Int(kind.rawValue))
            }
        }
        return writer.bytes + SHA256.hash(writer.bytes)
    }

    /// Reads a copy; nil for anything but what ``encoded`` wrote in this version.
    init?(_ bytes: [UInt8]) {
        guard bytes.count > 32, SHA256.hash(Array(bytes.dropLast(32))) == Array(bytes.suffix(32)) else { return nil }
        var reader = ByteReader(bytes.dropLast(32))
        do {
            guard try reader.text() == DirectoryCopy.version else { return nil }
            scope = try reader.text()
            users = try reader.part { reader throws(ByteReader.Damage) in try reader.user() }
            groups = try reader.part { reader throws(ByteReader.Damage) in try reader.group() }
        } catch { return nil }
        guard reader.isAtEnd else { return nil }
    }
}

private struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func count(_ number: Int) {
        var rest = UInt64(max(0, number))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func text(_ text: String) {
        count(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    mutating func flag(_ value: Bool) { bytes.append(value ? 1 : 0) }

    mutating func optional(_ value: String?) {
        flag(value != nil)
        if let value { text(value) }
    }

    /// A GUID in lower case takes 16 bytes.
    mutating func id(_ id: String) {
        let packed = id.utf8.contains { (0x41...0x46).contains($0) } || !isGUID(id) ? nil : hexBytes(id)
        flag(packed != nil)
        if let packed { bytes += packed } else { text(id) }
    }

    mutating func part<Record>(_ part: CopyPart<Record>?, _ write: (inout ByteWriter, Record) -> Void) {
        flag(part != nil)
        guard let part else { return }
        text(part.link)
        count(Int(part.since))
        count(part.records.count)
        for (id, record) in part.records.sorted(by: { $0.key < $1.key }) {
            self.id(id)
            write(&self, record)
        }
        for times in [part.gone, part.doubtful] {
            count(times.count)
            for (id, seconds) in times.sorted(by: { $0.key < $1.key }) {
                self.id(id)
                count(Int(seconds))
            }
        }
    }

    private func hexBytes(_ guid: String) -> [UInt8] {
        let digits = guid.utf8.compactMap { byte -> UInt8? in
            switch byte {
            case 0x30...0x39: byte - 0x30
            case 0x61...0x66: byte - 0x57
            default: nil
            }
        }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}

private struct ByteReader {
    /// The bytes are not what the writer wrote.
    struct Damage: Error {}

    private let bytes: ArraySlice<UInt8>
    private var place: Int
    /// One text for each id, however often it occurs.
    private var ids: [String: String] = [:]

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        place = bytes.startIndex
    }

    var isAtEnd: Bool { place == bytes.endIndex }

    private mutating func byte() throws(Damage) -> UInt8 {
        guard place < bytes.endIndex else { throw Damage() }
        defer { place += 1 }
        return bytes[place]
    }

    mutating func count() throws(Damage) -> Int {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 63 {
            let next = try byte()
            value |= UInt64(next & 0x7F) << shift
            if next & 0x80 == 0 { return Int(value) }
            shift += 7
        }
        throw Damage()
    }

    private mutating func slice(_ length: Int) throws(Damage) -> ArraySlice<UInt8> {
        guard length <= bytes.endIndex - place else { throw Damage() }
        defer { place += length }
        return bytes[place..<place + length]
    }

    mutating func text() throws(Damage) -> String {
        guard let text = String(validating: try slice(try count()), as: UTF8.self) else { throw Damage() }
        return text
    }

    mutating func flag() throws(Damage) -> Bool {
        switch try byte() {
        case 0: return false
        case 1: return true
        default: throw Damage()
        }
    }

    mutating func optional() throws(Damage) -> String? { try flag() ? try text() : nil }

    mutating func id() throws(Damage) -> String {
        let text = try flag() ? guid(try slice(16)) : try self.text()
        if let known = ids[text] { return known }
        ids[text] = text
        return text
    }

    private func guid(_ bytes: ArraySlice<UInt8>) -> String {
        var text: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(0x2D) }
            for digit in [byte >> 4, byte & 15] { text.append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    mutating func part<Record>(
        _ read: (inout ByteReader) throws(Damage) -> Record
    ) throws(Damage) -> CopyPart<Record>? {
        guard try flag() else { return nil }
        var part = CopyPart<Record>(link: try text(), since: Int64(try count()))
        for _ in 0..<(try count()) {
            let id = try id()
            part.records[id] = try read(&self)
        }
        part.gone = try times()
        part.doubtful = try times()
        return part
    }

    private mutating func times() throws(Damage) -> [String: Int64] {
        var times: [String: Int64] = [:]
        for _ in 0..<(try count()) {
            let id = try id()
            times[id] = Int64(try count())
        }
        return times
    }

    mutating func user() throws(Damage) -> UserRecord {
        let name = try text()
        let mail = try optional()
        var addresses: [String] = []
        for _ in 0..<(try count()) { addresses.append(try text()) }
        let (displayName, givenName, surname) = (try optional(), try optional(), try optional())
        let (userType, leaveDate) = (try optional(), try optional())
        return UserRecord(
            userPrincipalName: name,
            mail: mail,
            proxyAddresses: addresses,
            displayName: displayName,
            givenName: givenName,
            surname: surname,
            accountEnabled: try flag(),
            userType: userType,
            employeeLeaveDateTime: leaveDate
        )
    }

    mutating func group() throws(Damage) -> GroupRecord {
        var record = GroupRecord(displayName: try text(), isHidden: try flag())
        guard try flag() else { return record }
        var members: [String: MemberKind] = [:]
        for _ in 0..<(try count()) {
            let id = try id()
            guard let kind = MemberKind(rawValue: UInt8(truncatingIfNeeded: try count())) else { throw Damage() }
            members[id] = kind
        }
        record.members = members
        return record
    }
}

/// Whether a text is a GUID in its usual form.
private func isGUID(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 36 else { return false }
    return bytes.enumerated().allSatisfy { index, byte in
        switch index {
        case 8, 13, 18, 23: byte == 0x2D
        default: (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
        }
    }
}
