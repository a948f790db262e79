"""What BigQuery's functions and types give, in the legacy names that schemas use."""

from __future__ import annotations

from sqlglot import exp

from indexer.sqlread.model import DataType

_NAMES = {
    "BIGINT": "INTEGER", "INT": "INTEGER", "SMALLINT": "INTEGER", "TINYINT": "INTEGER", "INT64": "INTEGER",
    "DOUBLE": "FLOAT", "FLOAT": "FLOAT", "TEXT": "STRING", "VARCHAR": "STRING", "CHAR": "STRING",
    "BOOLEAN": "BOOLEAN", "DATE": "DATE", "DATETIME": "DATETIME", "TIMESTAMP": "DATETIME",
    "TIMESTAMPTZ": "TIMESTAMP", "TIMESTAMPLTZ": "TIMESTAMP", "TIME": "TIME", "BINARY": "BYTES",
    "VARBINARY": "BYTES", "DECIMAL": "NUMERIC", "BIGDECIMAL": "BIGNUMERIC", "JSON": "JSON",
    "GEOGRAPHY": "GEOGRAPHY", "INTERVAL": "INTERVAL",
}  # fmt: skip


def data_type(written: exp.Expr | None) -> DataType:
    """A type as SQL writes it: INT64, ARRAY<STRUCT<a STRING>>. What we do not know is DataType()."""
    if not isinstance(written, exp.DataType):
        return DataType()
    name = written.this.value if isinstance(written.this, exp.DType) else str(written.this)
    if name == "ARRAY":
        inner = data_type(written.expressions[0]) if written.expressions else DataType()
        return DataType(inner.name, True, inner.fields)
    if name == "STRUCT":
        fields = []
        for part in written.expressions:
            named = isinstance(part, exp.ColumnDef)
            fields.append((part.name if named else "", data_type(part.args.get("kind") if named else part)))
        return DataType("RECORD", False, tuple(fields))
    return DataType(_NAMES.get(name, ""))


def _classes(names: str) -> list[type[exp.Expr]]:
    """The classes of sqlglot that exist under these names: a name that a release drops is passed over."""
    found = (getattr(exp, name, None) for name in names.split())
    return [each for each in found if isinstance(each, type)]


_GIVES = {
    "STRING": """
        Concat ConcatWs DPipe Lower Upper Initcap Substring Trim Replace RegexpReplace RegexpExtract Left
        Right Pad Repeat Reverse FormatDate TimeToStr Format ToBase64 ToHex Hex MD5Digest JSONExtractScalar
        JSONValue GroupConcat Translate Normalize Host RegDomain CurrentUser Chr GenerateUuid Uuid Soundex
        JSONFormat SessionUser Type LaxString LowerHex ArrayToString String""",
    "INTEGER": """
        Count CountIf Length CharLength ByteLength ApproxDistinct ArraySize DateDiff TimestampDiff
        DatetimeDiff TimeDiff Unicode Ascii RowNumber Rank DenseRank Ntile UnixDate UnixSeconds UnixMillis
        UnixMicros BitwiseCount LaxInt64 StrPosition Instr IntDiv FarmFingerprint Year Month Day Week
        Quarter Sign
        BitwiseAndAgg BitwiseOrAgg BitwiseXorAgg BitwiseLeftShift BitwiseRightShift HllCountExtract""",
    "BOOLEAN": """
        EQ NEQ GT GTE LT LTE And Or Not Is In Between Like ILike RegexpLike StartsWith EndsWith Exists
        LogicalAnd LogicalOr LaxBool IsNan IsInf Boolean NullSafeEQ NullSafeNEQ Contains""",
    "FLOAT": """
        LaxFloat64
        Div SafeDivide Sqrt Ln Log Exp Pow Stddev StddevPop StddevSamp Variance VariancePop Corr CovarPop
        CovarSamp PercentRank CumeDist Rand Sin Cos Tan Acos Asin Atan Atan2 PercentileCont Avg""",
    "DATE": """
        Date CurrentDate LastDay ParseDate StrToDate TsOrDsToDate DateFromParts DateFromUnixDate""",
    "TIMESTAMP": """
        CurrentTimestamp Timestamp ParseTimestamp UnixToTime StrToTime TimestampFromParts
        UnixMillisToTimestamp UnixSecondsToTimestamp UnixMicrosToTimestamp""",
    "DATETIME": "CurrentDatetime Datetime ParseDatetime TsOrDsToDatetime",
    "TIME": "CurrentTime Time ParseTime TimeFromParts",
    "JSON": "ParseJSON JSONExtract JSONObject JSONArray ToJSON JSONSet JSONRemove JSONStripNulls",
    "BYTES": "MD5 SHA SHA2 SHA256 SHA512 FromBase64 FromHex Unhex HllCountInit",
    "INTERVAL": "Interval MakeInterval JustifyDays",
}  # fmt: skip

FIXED = {each: name for name, classes in _GIVES.items() for each in _classes(classes)}

# what gives an array of this type ("" where the elements are the arguments')
ARRAYS = {
    **dict.fromkeys(_classes("Split StringToArray RegexpExtractAll JSONValueArray"), "STRING"),
    **dict.fromkeys(_classes("GenerateDateArray"), "DATE"),
    **dict.fromkeys(_classes("GenerateTimestampArray"), "TIMESTAMP"),
    **dict.fromkeys(_classes("GenerateSeries"), "INTEGER"),
    **dict.fromkeys(_classes("JSONExtractArray"), "JSON"),
}

# what has the type of its first argument, all further ones only decide the value
LIKE_FIRST = frozenset(_classes("""
    AnyValue Min Max First Last FirstValue LastValue NthValue Lag Lead Nullif Sum Abs Round Ceil Floor
    DateAdd DateSub DateTrunc TimestampAdd TimestampSub TimestampTrunc DatetimeAdd DatetimeSub DatetimeTrunc
    TimeAdd TimeSub TimeTrunc IgnoreNulls RespectNulls HavingMax Order Limit Distinct Filter Neg BitwiseNot
    ArrayReverse ArrayConcatAgg ArraySlice Paren Window WithinGroup PercentileDisc ArgMax ArgMin Collate
    TimestampCeil Trunc ArraySort
"""))  # fmt: skip

# what has the type that its arguments have in common
LIKE_ALL = frozenset(_classes("Coalesce Greatest Least Add Sub Mul Mod ArrayConcat BitwiseAnd BitwiseOr"))

# what gives one value for one row, of its own values alone: a list of these neither sums up nor multiplies
OF_ONE_ROW = tuple(_classes("""
    And Or Case If Cast TryCast Coalesce Nullif Date TsOrDsToDate Concat DPipe Lower Upper Trim Substring
    Split RegexpExtract RegexpLike RegexpReplace Replace StartsWith EndsWith JSONExtractScalar JSONValue
    DateTrunc DateDiff DateAdd DateSub Abs Round Floor Ceil SafeDivide Greatest Least
"""))  # fmt: skip

NUMBERS = ("INTEGER", "NUMERIC", "BIGNUMERIC", "FLOAT")  # each gives way to those after it


def common_type(names: list[str]) -> str:
    """The type that values of these types have together; "" where one is not known or they do not fit."""
    if not names or "" in names:
        return ""
    if len(set(names)) == 1:
        return names[0]
    if all(name in NUMBERS for name in names):
        return max(names, key=NUMBERS.index)
    return ""
