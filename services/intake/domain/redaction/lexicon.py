"""The words by which personal names are told from places, offices and organisations.

Titles, surnames and place words stand as they are written: with diacritics and, where that is safe,
without. Source: common usage; the fifteen most frequent surnames cover some nine people in ten.
"""

from typing import Final


def words(text: str) -> frozenset[str]:
    """The set of the words of `text`."""
    return frozenset(text.split())


def phrases(*lines: str) -> frozenset[str]:
    """The set of the phrases in `lines`, divided by commas."""
    return frozenset(phrase.strip() for line in lines for phrase in line.split(","))


TITLES: Final = words("ông bà anh chị chú cô bác em cháu thầy cụ dì cậu mợ thím bé vợ chồng bố mẹ ong")
"""Kinship words and titles that stand directly before a name and are nothing else before a capital."""
PLAIN_TITLES: Final = words("ba chi chu co bac chau thay cu di cau mo thim be")
"""Typed without diacritics these are also three, only, have, north ...: a surname must follow."""
ANY_TITLES: Final = TITLES | PLAIN_TITLES
PHRASES: Final = phrases(
    "bac si, y si, y ta, co giao, thay giao, giao vien, chau gai, chau trai, em gai, em trai",
    "be gai, be trai, con gai, con trai, dong chi, luat su, ke toan, thu quy, hang xom",
    "hieu truong, hieu pho, giam doc, chu tich, bi thu, chu nha, chu quan, chu xuong, chu thau",
    "lai xe, cong an, to truong, doi truong",
    "truong phong, pho phong, nhan vien, can bo",
)
"""Callings and offices, folded: one capitalised word after them is a name, two may be a place."""

SURNAMES: Final = words(
    "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đào đoàn vương trịnh"
    " trương đinh lâm phùng mai tô tạ cao chu lương lưu hà thái tăng ninh nghiêm khúc kiều quách giáp"
    " thân mạc triệu nông la lò quang đàm thạch tống văn tiêu mã hứa vi khổng đồng lã bạch doãn phí"
    " lục thiều ngọ ngụy từ đậu hán nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo"
    " duong ly dao doan vuong trinh truong dinh lam phung mai to ta cao chu luong luu ha thai ninh"
    " nghiem quach giap trieu nong dam thach tong"
)
CLEAR_SURNAMES: Final = words(
    "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi ngô nguyen tran pham huynh"
)
"""Surnames that begin a name even where no title introduces it, if three capitalised words stand together."""
LOWER_SURNAMES: Final = words(
    "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương đào đoàn trịnh trương đinh"
    " phùng tạ lương lưu nghiêm quách giáp nguyen tran le pham hoang huynh bui trinh dinh phung"
)
"""Surnames that are clear in lower case: without diacritics "dang" is also "is doing", "do" also "city"."""
MIDDLES: Final = words("văn thị van thi")

NOT_NAMES: Final = words(
    "hội đoàn đảng tổ ban ubnd phó xã phường thôn khu tỉnh huyện tôi em anh chị ông bà cô chú bác các"
    " cụ cháu xin kính nay hiện nhà khi ở tại trong mong và với đề sở chúa phật chủ bí trưởng giám cán"
    " ủy uỷ mặt con ngoại nội ấy này kia hàng chính đội phòng trạm viện zalo facebook sim app wifi hoi"
    " doan to xa thon khu toi cac xin nha tai tày nùng mường dao"
)
"""First words after a title or "tôi là" that begin no name."""
NOT_NAME_PAIRS: Final = phrases(
    "cong an, cong doan, cong ty, cong nhan, cong chuc, phu nu, nong dan, thanh nien, cuu chien, mat tran",
    "nhan dan, trung tam, thanh pho, thi tran, thi xa, benh vien, quoc hoi, nha nuoc, giao vien, dan quan",
    "dai bieu, uy ban, viet nam, viet kieu, san chay, san diu, san chi, cao lan, ha noi, bac ninh",
    "bac giang",
)
ROAD_WORDS: Final = words(
    "đường phố trường cầu chợ viên viện chùa đền đình lăng kcn ccn ty học non thpt thcs ga lộ đài hồ"
    " sông hẻm ngõ ngách kiệt tuyến làng nghiệp tượng duong pho truong vien chua den dinh lang hoc ngo"
    " hem lo"
)
"""Before a personal name: a road, school, company or monument that bears it, and is no person."""
UNIT_WORDS: Final = words(
    "xã phường trấn thôn xóm khu huyện quận tỉnh bản ấp tdp p. x. h. tt tt. tx tx. tp tp. xa phuong"
    " tran thon xom huyen quan tinh ban ap"
)
BEARERS: Final = ROAD_WORDS | UNIT_WORDS
STOPPERS: Final = words(
    "xã phường thôn xóm khu tổ huyện tỉnh thành tp tt tx cccd cmnd sđt đt ubnd xa phuong thon xom huyen tinh"
)
"""Capitalised words that end a name: the next field of a form, or a place."""
NEVER_TITLED: Final = phrases(
    "bo ha, bo trach, co to, ba ria, ba na, ba den, ba chua, ba trieu, bac ho, bac ton, anh quoc"
)
"""Places and persons of history whose first word, in capitals, is no title."""
SELDOM_TITLED: Final = phrases(
    "ba diem, ba gia, co ngan, co giang, co ba, ong dinh, bac ai, anh son, anh dung, chu dang",
)
"""Places that read like a person: a person at the beginning of a sentence, a place within one."""
GIVEN_NAMES: Final = words(
    "tuấn hùng dũng hải lan hương hằng thủy thuỷ thúy nga nguyệt loan oanh phượng quyên trinh tuyết"
    " vinh quân khánh linh hạnh hiền thảo thơm vân yến hưng huy kiên tùng việt cường thắng đức nhung"
    " ngọc liên lành sửu"
)
"""Given names that name a person after a title even in lower case; only with their diacritics."""
AFTER_A_NAME: Final = words(
    "o tai tru sinh sn hien dia so sdt dt cccd cmnd khieu phan kien de bi da la va noi co khong den"
    " trinh nay nam xa phuong thon khu to huyen tinh thi tp con chua duoc cong hanh dau cung thuong"
    " dang lam lai moi cho xin muon goi viet gui voi nhung van ve truong tran xuat mat bi dien"
)
"""Folded words that end a name written in lower case."""
