/// SHA-1: FIPS 180-4. For names of things that others fixed (a certificate's `x5t`), never where a collision would harm.
public enum SHA1 {
    /// The digest of bytes: 20 bytes.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        let context = DigestContext(.sha1)
        context.update(bytes.span)
        return context.finish()
    }
}
