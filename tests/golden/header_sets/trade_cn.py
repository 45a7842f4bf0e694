"""Sales exports of Chinese ERPs and tills."""

from __future__ import annotations

from tests.golden.header_sets.table import HeaderSet

SETS = (
    HeaderSet("旺店通 订单明细", "lines", "an order upload form on GitHub, all columns", """
        订单编号 =order_id | 店铺 =store | 订单来源 =channel | 仓库 ~label | 子单原始单号 ~order | 订单状态 =status |
        订单类型 | 货到付款 ~yesno | 订单退款状态 | 交易时间 =ordered_at | 付款时间 | 客户网名 =customer_id ~nick |
        收件人 =customer_name | 收货地区 =region | 收货地址 | 收件人手机 =phone | 分销商 ~empty |
        来源组合装编号 ~empty | 收件人电话 ~empty | 邮编 | 区域 ~label | 物流公司 | 物流单号 | 买家留言 | 客服备注 |
        打印备注 | 订单支付金额 | 邮费 | 订单总优惠 =discount | 应收金额 | 款到发货金额 | 货到付款金额 ~some_money |
        预估重量 | 需要发票 ~yesno | 发票抬头 ~empty | 发票内容 ~empty | 业务员 | 审核人 ~name |
        商家编码 =product_id | 货品编号 =product_id | 货品名称 =product | 规格名称 ~label |
        平台货品名称 =product ~goods | 平台规格名称 ~label | 下单数量 =quantity | 标价 | 货品总优惠 =discount |
        成交价 =unit_price | 分摊后价格 =unit_price | 打折比 ~percent | 实发数量 =quantity | 分摊后总价 =amount |
        退款前支付金额 | 分摊邮费 | 单品支付金额 =amount | 拆自组合装 ~empty | 赠品方式 ~label"""),
    HeaderSet("聚水潭 订单", "lines", "ERP export, help pages", """
        内部订单号 =order_id ~order | 线上订单号 =order_id | 店铺 =store | 买家账号 =customer_id ~nick | 订单类型 |
        状态 =status | 订单日期 =ordered_at | 付款日期 | 发货日期 | 应付金额 | 已付金额 =amount | 运费 | 买家留言 |
        卖家备注 | 收货人 =customer_name | 省 =region | 市 =city | 区县 ~label | 地址 | 手机 =phone | 快递公司 |
        快递单号 | 商品编码 =product_id | 商品名称 =product | 颜色规格 ~label | 数量 =quantity |
        商品单价 =unit_price | 商品金额 | 平台站点 =channel ~channel | 分销商 ~empty | 业务员 | 标签 | 仓库 ~label"""),
    HeaderSet("万里牛 订单", "lines", "ERP export, field list of its open API", """
        系统单号 =order_id ~order | 线上单号 =order_id ~order | 店铺名称 =store | 订单状态 =status |
        买家昵称 =customer_id ~nick | 下单时间 =ordered_at | 付款时间 | 审核时间 | 发货时间 | 商品编码 =product_id |
        商品名称 =product | 规格名称 ~label | 规格编码 ~code | 数量 =quantity | 单价 =unit_price | 商品总价 |
        优惠金额 =discount | 运费 | 实际支付 =amount ~money | 收件人 =customer_name | 收件人手机 =phone | 省 =region |
        市 =city | 区 | 详细地址 | 快递公司 | 快递单号 | 买家留言 | 卖家备注 | 仓库 ~label | 业务员"""),
    HeaderSet("efast 发货单", "lines", "fast/webefast export conf on GitHub", """
        店铺 =store | 平台 =channel | 交易号 =order_id ~order | 订单号 =order_id | 序号 ~row | 状态 =status |
        买家昵称 =customer_id ~nick | 收货人 =customer_name | 手机 =phone | 省 =region | 市 =city | 区/县 ~label |
        详细地址 | 配送方式 | 邮编 | 快递单号 | 快递费 | 应付款 | 已付款 =amount ~money | 发票抬头 ~empty | 仓库留言 |
        商家留言 | 下单时间 =ordered_at | 计划发货时间 | 商品名称 =product | 商品编码 =product_id | 规格 ~label |
        数量 =quantity"""),
    HeaderSet("金蝶云星空 销售出库单", "lines", "SAL_OUTSTOCK field list on GitHub", """
        单据编号 =order_id ~code | 日期 =ordered_at ~day | 单据状态 =status | 销售组织 ~label |
        客户编码 =customer_id | 客户 =customer_name ~name | 销售部门 ~label | 销售员 ~name | 物料编码 =product_id |
        物料名称 =product | 规格型号 ~label | 库存单位 ~label | 应发数量 | 实发数量 =quantity | 含税单价 =unit_price |
        单价 =unit_price | 税率% ~few | 金额 | 税额 | 价税合计 =amount | 成本价 =cost | 总成本 =cost ~money |
        仓库 ~label | 批号 | 备注"""),
    HeaderSet("金蝶 KIS 销售出库", "lines", "ERP report, forum posts", """
        日期 =ordered_at ~day | 单据编号 =order_id | 购货单位 =customer_id,customer_name ~name |
        产品代码 =product_id | 产品名称 =product | 规格型号 ~label | 单位 ~label | 实发数量 =quantity |
        销售单价 =unit_price | 销售金额 =amount | 单位成本 =cost ~money | 成本 =cost ~money | 部门 ~label | 业务员 |
        制单 ~name | 审核标志 ~yesno"""),
    HeaderSet("用友 U8 销售明细", "lines", "ERP report, forum posts", """
        发货日期 =ordered_at ~day | 发货单号 =order_id | 客户编码 =customer_id | 客户简称 =customer_name ~name |
        部门 ~label | 业务员 | 存货编码 =product_id | 存货名称 =product | 规格型号 ~label | 主计量 ~label |
        数量 =quantity | 无税单价 =unit_price | 含税单价 =unit_price | 无税金额 | 税额 | 价税合计 =amount |
        税率 ~few | 仓库 ~label | 制单人 ~name"""),
    HeaderSet("用友畅捷通 T+ 销货单", "lines", "ERP report, help pages", """
        单据日期 =ordered_at ~day | 单据编号 =order_id | 业务类型 | 客户编码 =customer_id |
        客户 =customer_name ~name | 结算客户 ~name | 部门 ~label | 业务员 | 仓库 ~label | 存货编码 =product_id |
        存货 =product ~goods | 规格型号 ~label | 销售单位 ~label | 数量 =quantity | 单价 =unit_price |
        折扣% =discount ~few | 税率% ~few | 金额 | 税额 | 含税金额 =amount | 成本金额 =cost | 毛利 =profit | 备注"""),
    HeaderSet("管家婆 销售单", "lines", "管家婆导入模板 on GitHub", """
        录单日期 =ordered_at ~day | 单据编号 =order_id | 单据类型 | 往来单位编号 =customer_id |
        往来单位全名 =customer_name ~name | 经手人编号 | 经手人全名 ~name | 部门编号 | 部门全名 ~label | 仓库编号 |
        仓库全名 ~label | 摘要 | 附加说明 ~empty | 制单人编号 | 制单人 ~name | 收/付款账户编号 | 收/付款金额 |
        优惠 =discount ~some_money | 商品编号 =product_id | 商品全名 =product | 单位 ~label | 数量 =quantity |
        单价 =unit_price | 金额 =amount"""),
    HeaderSet("银豹 销售单据", "lines", "till back office, help pages", """
        流水号 =order_id ~order | 日期 =ordered_at ~moment | 类型 ~label | 门店 =store | 商品数量 =quantity |
        商品原价 | 实收金额 =amount | 折让 =discount ~some_money | 利润 =profit | 支付方式 | 收银员 |
        会员 =customer_id,customer_name ~name | 会员卡号 =customer_id ~id | 备注"""),
    HeaderSet("银豹 商品销售明细", "lines", "till back office, help pages", """
        门店 =store | 销售时间 =ordered_at | 流水号 =order_id ~order | 商品名称 =product | 条码 =product_id |
        规格 ~label | 分类 =category | 单位 ~label | 数量 =quantity | 原价 | 售价 =unit_price | 折扣 =discount ~few |
        实收金额 =amount | 成本 =cost | 利润 =profit | 会员姓名 =customer_name | 会员号 =customer_id | 收银员 |
        导购 ~name"""),
    HeaderSet("超市 POS 商品明细", "lines", "supsellMS column model on GitHub", """
        销售时间 =ordered_at | 单据号 =order_id | 会员编号 =customer_id | 会员名称 =customer_name ~name |
        商品编号 =product_id | 商品名称 =product | 单价 =unit_price | 打折率 =discount ~percent | 数量 =quantity |
        总金额 =amount | 单位 ~label | 规格型号 ~label | 颜色 ~label | 销售备注"""),
    HeaderSet("思迅 收银流水", "lines", "till report, forum posts", """
        机构 =store | 收银机号 ~few | 流水号 =order_id | 销售时间 =ordered_at | 货号 =product_id | 自编码 ~code |
        品名 =product | 规格 ~label | 类别 =category | 数量 =quantity | 原价 | 售价 =unit_price | 销售金额 =amount |
        销售方式 | 会员卡号 =customer_id | 收银员 | 营业员 ~name | 备注"""),
    HeaderSet("销售小票（会员店）", "lines", "Print_SellInfo model on GitHub", """
        序号 ~row | 销售单号 =order_id | 销售日期 =ordered_at | 销售员 ~name | 销售门店 =store | 销售公司 ~label |
        会员卡号 =customer_id | 客户姓名 =customer_name | 客户电话 =phone | 应收总额 | 优惠券名称 ~label |
        优惠券金额 =discount | 实收总额 =amount ~money | 刷卡 ~some_money | 现金 ~some_money | 原始单号 ~order |
        备注 | 系统单号 ~order | 门店编码"""),
    HeaderSet("客如云 订单", "lines", "till back office, help pages", """
        门店名称 =store | 订单编号 =order_id | 交易类型 | 订单来源 =channel | 桌台号 ~code | 就餐人数 ~few |
        下单时间 =ordered_at | 结账时间 | 商品销售额 | 附加费 | 优惠金额 =discount | 抹零金额 ~some_money | 应收金额 |
        实收金额 =amount | 支付方式 | 顾客姓名 =customer_name | 顾客手机号 =customer_id,phone ~phone |
        会员等级 ~level | 订单状态 =status | 收银员 | 备注"""),
    HeaderSet("二维火 账单", "lines", "till back office, help pages", """
        店铺名称 =store | 账单号 =order_id ~order | 流水号 ~count | 桌号 | 人数 ~few | 开单时间 =ordered_at |
        结账时间 | 消费金额 | 服务费 | 折扣金额 =discount | 应收金额 | 实收金额 =amount | 付款方式 |
        会员卡号 =customer_id | 会员姓名 =customer_name | 收银员 | 备注"""),
    HeaderSet("收钱吧 交易流水", "lines", "merchant statement, help pages", """
        交易日期 =ordered_at ~day | 时间 ~clock | 商户名称 =store | 门店名称 =store | 终端名称 ~label |
        商户订单号 =order_id ~order | 收钱吧订单号 =order_id ~order | 收款通道 =channel ~label |
        付款账户 =customer_id ~nick | 交易类型 | 交易状态 =status | 交易金额 =amount | 商户优惠 ~some_money |
        平台优惠 =discount ~some_money | 手续费 | 实收金额 =amount | 结算金额 | 操作员 ~name"""),
)  # fmt: skip
