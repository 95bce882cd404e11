extension String {
    /// The text in Unicode simple lower case, without a locale, in which addresses and group names are compared.
    ///
    /// Swift compares and hashes strings by canonical equivalence, so two Unicode forms of one text are equal
    /// already; this adds the case. Source: Unicode, `UnicodeData.txt`, field Simple_Lowercase_Mapping.
    public var folded: String {
        var plain = true
        for byte in utf8 where byte >= 0x80 || (byte >= 0x41 && byte <= 0x5A) {
            plain = false
            break
        }
        if plain { return self }
        var result = String.UnicodeScalarView()
        result.reserveCapacity(unicodeScalars.count)
        for scalar in unicodeScalars { result.append(scalar.simpleLowercase) }
        return String(result)
    }
}

extension Unicode.Scalar {
    fileprivate var simpleLowercase: Unicode.Scalar {
        if value < 0x80 { return value >= 0x41 && value <= 0x5A ? Unicode.Scalar(UInt8(value) + 32) : self }
        // The one scalar whose full lower case has two scalars (U+0130); its simple lower case is "i".
        let lower = properties.lowercaseMapping.unicodeScalars
        return lower.first ?? self
    }
}
