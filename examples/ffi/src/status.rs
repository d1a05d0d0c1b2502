//! What became of a call, as a number.

/// Declares the statuses with their stable numbers and slugs.
macro_rules! statuses {
    ($( $(#[$doc:meta])* $name:ident = $code:literal, $slug:literal; )+) => {
        /// What became of a call. 0 is "nothing was asked": no success is ever zero.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u32)]
        pub enum Status { $( $(#[$doc])* $name = $code, )+ }

        impl Status {
            /// Every status, in the order of the numbers.
            pub const ALL: &'static [Status] = &[ $( Status::$name, )+ ];

            /// The stable number.
            #[must_use]
            pub const fn code(self) -> u32 { self as u32 }

            /// The stable name.
            #[must_use]
            pub const fn slug(self) -> &'static str { match self { $( Status::$name => $slug, )+ } }

            /// The status with this number, if there is one.
            #[must_use]
            pub const fn from_code(code: u32) -> Option<Self> { match code { $( $code => Some(Status::$name), )+ _ => None } }
        }
    };
}

statuses! {
    /// Nothing was asked: zeroed or foreign memory, no decision of this library.
    None = 0, "none";
    /// Done, or decided.
    Ok = 1, "ok";
    /// A pointer is NULL that must not be.
    NullArgument = 2, "null_argument";
    /// The handle is zero: what should have made it failed.
    HandleZero = 3, "handle_zero";
    /// The handle was closed.
    HandleClosed = 4, "handle_closed";
    /// The handle is not from this library.
    HandleForeign = 5, "handle_foreign";
    /// The handle stands for something of another kind.
    HandleKind = 6, "handle_kind";
    /// There are as many handles as there can be.
    HandlesExhausted = 7, "handles_exhausted";
    /// A text is not UTF-8, too long, or not terminated.
    Text = 8, "text";
    /// A text is no telephone number.
    Number = 9, "number";
    /// A number stands for nothing: channel, party, line or outcome.
    Code = 10, "code";
    /// The instant is not one in microseconds, between the years 2000 and 2200.
    Instant = 11, "instant";
    /// `struct_size` is not that of this version's struct, or what is reserved is not zero.
    StructSize = 12, "struct_size";
    /// More elements than memory can hold.
    Count = 13, "count";
    /// The buffer is too small.
    BufferTooSmall = 14, "buffer_too_small";
    /// The snapshot was not opened.
    Open = 15, "open";
    /// The snapshot does not know the controller or purpose.
    Prepare = 16, "prepare";
    /// The ledger cannot be opened, read or written.
    Ledger = 17, "ledger";
    /// The gate cannot follow the ledger.
    Attach = 18, "attach";
    /// The record was not taken.
    RecordRefused = 19, "record_refused";
    /// The end of a reservation was not recorded: the attempt counts as made.
    Settle = 20, "settle";
    /// The library has a defect, which did no harm but to this call.
    Panicked = 21, "panicked";
}
